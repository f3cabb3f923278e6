// A session: one connection from its first byte to its last. Reads heads, has the handler answer
// them one after another (pipelined requests wait in the input buffer), sends the answers in order.
//
// Kept here:
//   - After a framing error nothing more is read as a request.
//   - A response is sent whole, or the connection ends where it stops: never anything in its place.
//   - What is left of a body is never read as a request: it is drained, or the connection closed.
//   - The peer sees the last response, not a reset: closing waits for the peer, within bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/head_scan.h"
#include "http/input_buffer.h"
#include "http/link.h"
#include "http/listener.h"
#include "http/request_body.h"
#include "http/session_home.h"
#include "lapis/http/message.h"

namespace lapis::http {

// Lives on one shard. Constructor references, and the accepted transport, outlive it.
class Session {
 public:
  Session(SessionHome& home, const Accepted& accepted);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Completes when the connection has served its last request; the caller then destroys the
  // transport. An exception means the same.
  io::Task<void> run();

  // The sweeper's.
  void sweep(Instant now) { link_.sweep(now); }
  // The server stops: an idle connection ends now, a busy one after its response.
  void drain();
  // Ends the connection now; `run` completes soon.
  void abort() { link_.abort(); }

 private:
  // What the input holds.
  enum class Input : std::uint8_t { kMore, kRequest, kRefused, kEnded };
  // What becomes of the connection after a response.
  enum class After : std::uint8_t { kKeep, kClose, kAbort };
  // A response's body on its way out.
  struct Outgoing {
    std::optional<std::uint64_t> length;  // Content-Length
    Bytes piece;                          // sent with the head
    io::BufferSource* source = nullptr;   // what follows it
  };

  io::Task<bool> shake_hands();
  bool begin_wait(bool first);
  Input take_request();
  Input refuse(ErrorCode code, const char* detail);
  Input input_ended();

  io::Task<After> serve();
  io::Task<Response> ask_handler(RequestBody& body);
  io::Task<After> send_refusal();
  Response rejection(const Error& error);
  Outgoing plan(const Response& response, bool to_head) const;
  io::Task<Result<Bytes>> next_piece(io::BufferSource& source, std::uint64_t left);
  void write_head(const Response& response, const Outgoing& out, bool close);
  io::Task<bool> send_stream(Outgoing out);
  io::Task<void> close();

  static void count(std::atomic<std::uint64_t>& counter);
  void end_serving();
  void begin_trace();
  void trace_answered();
  void trace_sent();
  void report(const Response& response, bool is_request, std::uint64_t body_bytes, bool complete);

  SessionHome& home_;
  Link link_;
  InputBuffer input_;
  HeadScan scan_;
  Request request_;
  bool keep_alive_ = false;  // what the request wants
  bool http_1_0_ = false;
  bool expects_continue_ = false;
  std::optional<Error> refusal_;      // why the input is no request
  int refusal_status_ = 0;            // where it is not the error's
  std::string head_;                  // of the response
  bool serving_ = false;              // a request counts as in flight
  RequestTrace trace_;                // of the request, where requests are traced
  std::size_t head_bytes_ = 0;        // of the request
  Cycles attributed_before_ = 0;      // of the trace, when the response began
  std::uint64_t written_before_ = 0;  // likewise, to the link
};

}  // namespace lapis::http
