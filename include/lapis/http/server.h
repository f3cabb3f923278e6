// The HTTP server: listeners on every shard, sessions, TLS. Knows no Azure.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/http/message.h"
#include "lapis/io/shard.h"
#include "lapis/io/streams.h"
#include "lapis/io/task.h"

namespace lapis::http {

// How a request went.
struct RequestFacts {
  const Request& request;    // where `is_request` is false, only who sent it is known
  bool is_request = true;    // false: what came never became one
  const Response& response;  // its body has been used up
  const RequestTrace& trace;
  std::uint64_t request_head_bytes = 0;
  std::uint64_t request_body_bytes = 0;  // that came
  std::uint64_t response_head_bytes = 0;
  std::uint64_t response_body_bytes = 0;  // that went
  bool is_complete = true;                // false: the connection ended before the response did
};

// What a request is answered by. One object a shard, called on its shard.
class Handler {
 public:
  virtual ~Handler() = default;
  // `body` has remaining() == Content-Length (0 where there is none). Its first read answers
  // `Expect: 100-continue`; a body that is not read is drained up to a limit, else the connection
  // is closed after the answer. `request` and `body` live until the response has been sent. Must
  // not throw for expected failures; an exception becomes a 500.
  virtual io::Task<Response> handle(const Request& request, io::ByteSource& body) = 0;
  // The answer to what never became a Request: malformed framing, a head too large or too slow.
  virtual Response reject(const Error& error) = 0;
  // Called once for each answer, after its last byte or the end of its connection, where
  // ServerOptions::trace_requests is set. Must be cheap, and neither wait nor throw.
  virtual void finished(const RequestFacts& facts) { (void)facts; }
};

struct TlsOptions {
  std::string certificate_file;  // PEM, with the chain
  std::string private_key_file;  // PEM
};

// Whether a server could be started with these files. Errors: unreadable, no PEM, certificate and
// key that do not belong together; the detail says which.
Result<void> check_tls(const TlsOptions& options);

struct ListenAddress {
  std::string address;     // an IP literal
  std::uint16_t port = 0;  // 0: the kernel picks one
  bool tls = false;
};

struct ServerOptions {
  std::vector<ListenAddress> listen;
  std::optional<TlsOptions> tls;
  std::size_t max_head_bytes = 64 * 1024;    // request line and headers; more: 431
  std::size_t max_target_bytes = 16 * 1024;  // more: 414
  std::size_t max_connections = 10'000;      // in all; beyond, accepting pauses
  // For a head that has begun, a first request that has not, and a TLS handshake.
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds idle_timeout{300'000};
  // How long a body may make us wait, either way, for each 16 KiB of it.
  std::chrono::milliseconds stall_timeout{60'000};
  std::uint64_t drain_limit_bytes = 4ull << 20;  // of an unread body, to keep a connection
  // Have each request carry a trace, and tell the handler how it went.
  bool trace_requests = false;
};

struct ServerStats {
  std::uint64_t connections = 0;  // open now
  std::uint64_t accepted = 0;     // connections so far
  std::uint64_t requests = 0;     // so far
  std::uint64_t in_flight = 0;    // requests being served now
};

class Server {
 public:
  // Binds every address on every shard (SO_REUSEPORT) and starts to accept. `handlers[i]` serves
  // `shards[i]`. Errors: an address that cannot be bound, TLS files that cannot be used.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                               const std::vector<io::Shard*>& shards,
                                               const std::vector<Handler*>& handlers,
                                               const Clock& clock);
  virtual ~Server() = default;
  // The addresses in use, ports filled in.
  virtual std::vector<ListenAddress> addresses() const = 0;
  // Stops accepting, closes idle connections, lets requests in flight finish for at most `limit`,
  // then closes what is left. Called from a thread that is no shard. Idempotent.
  virtual void stop(std::chrono::milliseconds limit) = 0;
  // Reads certificate and key anew. Once it returns, every new handshake uses them; connections
  // that are open, or in their handshake, go on with what they began with. Called as `stop` is, and
  // not beside it. Errors: as `check_tls`, and for a server without TLS; what is in force stays.
  virtual Result<void> reload_tls(const TlsOptions& options) = 0;
  virtual ServerStats stats() const = 0;
};

}  // namespace lapis::http
