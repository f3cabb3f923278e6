// One connected byte stream, plain or TLS, as sessions and the client see it. The virtual call
// costs nothing against the system call behind it, and keeps Asio out of everything above.
#pragma once

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

#include "lapis/base/bytes.h"

namespace lapis::http {

// How an operation ended.
struct IoResult {
  std::error_code error;
  std::size_t bytes = 0;
  // A read that ended well without bytes: the peer has closed its side.
  bool at_end() const { return !error && bytes == 0; }
};

// A started operation: where its result goes, and who is resumed by it. Lives in the awaiter.
struct IoOp {
  std::coroutine_handle<> waiter;
  IoResult result;
};

// Bytes to write: a head and what follows it, in one gathered write. Both stay valid until written.
struct Pieces {
  Bytes first;
  Bytes second;
  bool empty() const { return first.empty() && second.empty(); }
  void advance(std::size_t n) {
    const std::size_t from_first = std::min(n, first.size());
    first = first.subspan(from_first);
    second = second.subspan(n - from_first);
  }
};

// Lives on one shard. At most one operation at a time. No operation may be in flight when it is
// destroyed: Asio's io_uring back end forgets a socket at once, its operations later. So
// connections are never closed under an operation; they are shut down, which makes the operation
// end by itself.
class Transport {
 public:
  virtual ~Transport() = default;

  // TLS's handshake; nothing to do where plain. Ends with an error where the peer speaks no TLS.
  virtual void start_handshake(IoOp& op) = 0;
  // Reads some bytes; `into` is not empty and stays valid until the end.
  virtual void start_read(MutableBytes into, IoOp& op) = 0;
  // Writes what can be written without waiting; 0 bytes where nothing can.
  virtual IoResult write_now(const Pieces& pieces) = 0;
  // Writes some bytes, waiting until some can be written.
  virtual void start_write(const Pieces& pieces, IoOp& op) = 0;
  // Tells the peer that nothing more will be sent (close_notify, FIN). Reads afterwards yield raw
  // bytes that mean nothing: they are for waiting until the peer has closed.
  virtual void start_finish(IoOp& op) = 0;

  // Both make what is in flight end soon, and do nothing else; callable at any time.
  virtual void stop_reading() = 0;  // reads end; writing goes on
  virtual void abort() = 0;         // everything ends

  // The version that the handshake has settled, "TLSv1.3"; empty where plain.
  virtual std::string_view tls_version() { return {}; }

  // Awaitable forms; each yields an IoResult.
  auto handshake() {
    return awaiter([this](IoOp& op) { start_handshake(op); });
  }
  auto read_some(MutableBytes into) {
    return awaiter([this, into](IoOp& op) { start_read(into, op); });
  }
  auto write_some(Pieces pieces) {
    return awaiter([this, pieces](IoOp& op) { start_write(pieces, op); });
  }
  auto finish() {
    return awaiter([this](IoOp& op) { start_finish(op); });
  }

 private:
  template <class Start>
  struct Awaiter {
    Start start;
    IoOp op;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      op.waiter = waiter;
      start(op);
    }
    IoResult await_resume() const noexcept { return op.result; }
  };
  template <class Start>
  static Awaiter<Start> awaiter(Start start) {
    return {std::move(start), {}};
  }
};

}  // namespace lapis::http
