#include "io/file_ring.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/io/file.h"

namespace lapis::io {
namespace {

constexpr unsigned kMaxDepth = 4096;

// Completions need not interrupt the thread: every loop turn enters the kernel before it sleeps,
// and a sleeping thread is woken all the same. Kernels before 6.0 refuse the flags.
constexpr unsigned kWantedFlags = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER;

void prepare(::io_uring_sqe* sqe, RingOp& op) {
  switch (op.kind) {
    case RingOp::Kind::kRead:
      ::io_uring_prep_read(sqe, op.fd, op.data, op.size, op.offset);
      break;
    case RingOp::Kind::kWrite:
      ::io_uring_prep_write(sqe, op.fd, op.data, op.size, op.offset);
      break;
    case RingOp::Kind::kDatasync:
      ::io_uring_prep_fsync(sqe, op.fd, IORING_FSYNC_DATASYNC);
      break;
  }
  ::io_uring_sqe_set_data(sqe, &op);
}

Error setup_error(int error) {
  std::string what = "io_uring_setup";
  if (error == EPERM) what += " (kernel.io_uring_disabled or a seccomp filter forbids it)";
  if (error == ENOSYS) what += " (this kernel has no io_uring)";
  return from_errno(error, what);
}

}  // namespace

Result<std::unique_ptr<FileRing>> FileRing::open(unsigned depth) {
  auto ring = std::make_unique<FileRing>(std::clamp(depth, 1u, kMaxDepth));
  LAPIS_TRY_VOID(ring->set_up());
  return ring;
}

Result<void> FileRing::set_up() {
  int error = ::io_uring_queue_init(depth_, &ring_, kWantedFlags);
  if (error == -EINVAL) error = ::io_uring_queue_init(depth_, &ring_, 0);
  if (error < 0) return fail(setup_error(-error));
  is_open_ = true;
  event_fd_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  if (!event_fd_) return fail(from_errno(errno, "eventfd"));
  error = ::io_uring_register_eventfd(&ring_, event_fd_.get());
  if (error < 0) return fail(from_errno(-error, "io_uring_register_eventfd"));
  return {};
}

FileRing::~FileRing() {
  LAPIS_CHECK(in_flight_ == 0);
  if (is_open_) ::io_uring_queue_exit(&ring_);
}

void FileRing::start(RingOp& op) {
  if (in_flight_ < depth_) {
    enqueue(op);
    return;
  }
  op.next = nullptr;
  if (last_waiting_ != nullptr) {
    last_waiting_->next = &op;
  } else {
    first_waiting_ = &op;
  }
  last_waiting_ = &op;
}

void FileRing::enqueue(RingOp& op) {
  ::io_uring_sqe* sqe = ::io_uring_get_sqe(&ring_);
  LAPIS_CHECK(sqe != nullptr);  // the ring has at least `depth_` entries
  prepare(sqe, op);
  ++in_flight_;
}

bool FileRing::submit() {
  if (::io_uring_sq_ready(&ring_) == 0) return false;
  const int submitted = ::io_uring_submit(&ring_);
  // What was not taken stays queued for the next turn: nothing sleeps while there is any.
  LAPIS_CHECK(submitted >= 0 || submitted == -EAGAIN || submitted == -EBUSY || submitted == -EINTR);
  return true;
}

bool FileRing::reap() {
  const unsigned ready = ::io_uring_cq_ready(&ring_);
  for (unsigned i = 0; i < ready; ++i) {
    ::io_uring_cqe* cqe = nullptr;
    LAPIS_CHECK(::io_uring_peek_cqe(&ring_, &cqe) == 0);
    auto* op = static_cast<RingOp*>(::io_uring_cqe_get_data(cqe));
    op->result = cqe->res;
    ::io_uring_cqe_seen(&ring_, cqe);
    --in_flight_;
    if (first_waiting_ != nullptr) {
      RingOp& next = *std::exchange(first_waiting_, first_waiting_->next);
      if (first_waiting_ == nullptr) last_waiting_ = nullptr;
      enqueue(next);
    }
    op->waiter.resume();
  }
  return ready != 0;
}

}  // namespace lapis::io
