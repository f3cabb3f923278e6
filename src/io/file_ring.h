// The file ring of one shard: an io_uring instance of our own for reads, writes and fdatasync.
// Operations queue without a system call, one io_uring_submit a loop turn hands all of them over,
// and completions are taken straight from the shared ring. An eventfd is raised with every
// completion, so that the loop can sleep.
//
// At most `depth` operations are with the kernel, the rest wait in order: neither queue of the ring
// can overflow. An operation lives in its awaiter, in the frame of the coroutine that waits for it:
// that frame must not be destroyed before it is resumed (tasks are never cancelled halfway).
// Operations in flight together have no order: await a write before the fdatasync that covers it.
#pragma once

#include <liburing.h>

#include <coroutine>
#include <cstdint>
#include <memory>

#include "lapis/base/result.h"
#include "lapis/io/unique_fd.h"

namespace lapis::io {

class Shard;

struct RingOp {
  enum class Kind : std::uint8_t { kRead, kWrite, kDatasync };

  Kind kind = Kind::kRead;
  int fd = -1;
  std::uint64_t offset = 0;
  void* data = nullptr;  // not written to by kWrite
  std::uint32_t size = 0;
  int result = 0;  // as the kernel gives it: a count, or a negated errno
  std::coroutine_handle<> waiter = {};
  RingOp* next = nullptr;
};

// Lives on one thread: the one that opened it.
class FileRing {
 public:
  // Errors: io_uring_setup refused (EPERM: kernel.io_uring_disabled or a seccomp filter; EMFILE).
  static Result<std::unique_ptr<FileRing>> open(unsigned depth);
  explicit FileRing(unsigned depth) : depth_(depth) {}  // use `open`
  ~FileRing();                                          // checks that nothing is in flight
  FileRing(const FileRing&) = delete;
  FileRing& operator=(const FileRing&) = delete;

  // Queues `op`; its waiter is resumed from `reap`.
  void start(RingOp& op);
  // Hands what is queued to the kernel. True where there was anything to hand over.
  bool submit();
  // Resumes the waiters of what has completed. True where there was one.
  bool reap();

  bool has_completions() const { return ::io_uring_cq_ready(&ring_) != 0; }
  bool is_idle() const { return in_flight_ == 0; }
  // Takes the eventfd that completions raise (once).
  UniqueFd take_event_fd() { return std::move(event_fd_); }

 private:
  Result<void> set_up();
  void enqueue(RingOp& op);

  const unsigned depth_;
  ::io_uring ring_{};
  bool is_open_ = false;
  UniqueFd event_fd_;
  unsigned in_flight_ = 0;  // queued in the ring or with the kernel
  RingOp* first_waiting_ = nullptr;
  RingOp* last_waiting_ = nullptr;
};

// The ring of `shard`; used on its thread only.
FileRing& ring_of(Shard& shard);

}  // namespace lapis::io
