// A request's body as the handler reads it, and what becomes of a body that was not read.
#pragma once

#include <cstdint>

#include "http/input_buffer.h"
#include "http/link.h"
#include "lapis/base/request_trace.h"
#include "lapis/io/streams.h"

namespace lapis::http {

// First what arrived with the head, then the socket straight into the caller's memory. Lives in a
// session, for one request.
class RequestBody final : public io::ByteSource {
 public:
  // `expects_continue`: the client holds the body back until it is told to go on. `trace` may be
  // null.
  RequestBody(Link& link, InputBuffer& input, std::uint64_t length, bool expects_continue,
              RequestTrace* trace = nullptr)
      : link_(link),
        input_(input),
        remaining_(length),
        expects_continue_(expects_continue),
        trace_(trace) {
    link_.begin_transfer();
  }

  std::uint64_t remaining() const override { return remaining_; }
  // The first one sends `100 Continue`, unless the client has begun without. Errors:
  // kRequestTimeout, kBadRequest (the peer vanished).
  io::Task<Result<std::size_t>> read(MutableBytes into) override;

  // True where a read has failed: the connection is of no further use.
  bool failed() const { return failed_; }
  // True where the client still waits to be told. What it does after a final answer is its own
  // choice, so the connection cannot be used again.
  bool is_held_back() const { return expects_continue_ && remaining_ != 0 && input_.empty(); }
  // Reads and forgets the rest. False where the connection is gone.
  io::Task<bool> drain(MutableBytes scratch);

 private:
  std::unexpected<Error> fail_with(ErrorCode code, std::string_view detail);

  Link& link_;
  InputBuffer& input_;
  std::uint64_t remaining_;
  bool expects_continue_;
  bool failed_ = false;
  RequestTrace* trace_;
};

}  // namespace lapis::http
