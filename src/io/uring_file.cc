#include "io/uring_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "io/file_ring.h"
#include "io/retry_eintr.h"
#include "lapis/base/check.h"
#include "lapis/io/shard.h"

namespace lapis::io {
namespace {

// The kernel moves at most 2 GiB less a page at once; more is continued like a short transfer.
constexpr std::size_t kMaxTransfer = 1u << 30;
// EAGAIN and EINTR only tell to try again; a kernel that tells nothing else is an error.
constexpr int kMaxRetries = 100;
constexpr mode_t kFileMode = 0640;

// Awaits one operation on the ring of the shard it is awaited on.
struct RingAwaiter {
  RingOp& op;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    Shard* shard = Shard::current();
    LAPIS_CHECK(shard != nullptr);
    op.waiter = handle;
    ring_of(*shard).start(op);
  }
  int await_resume() const noexcept { return op.result; }
};

bool says_again(int result) { return result == -EINTR || result == -EAGAIN; }

std::uint32_t transfer_size(std::size_t wanted) {
  return static_cast<std::uint32_t>(std::min(wanted, kMaxTransfer));
}

bool is_aligned(std::uint64_t value) { return value % kIoAlignment == 0; }

Error named(int error, std::string_view operation, const std::string& name) {
  std::string what(operation);
  what += ' ';
  what += name;
  return from_errno(error, what);
}

// With O_DIRECT; empty where the file system cannot.
Result<UniqueFd> open_direct(const std::filesystem::path& path, int mode) {
  const int flags = O_CLOEXEC | O_DIRECT | mode;
  UniqueFd fd(retry_eintr([&] { return ::open(path.c_str(), flags); }));
  if (!fd && errno != EINVAL) return fail(named(errno, "open", path.string()));
  return fd;
}

}  // namespace

UringFile::UringFile(std::string name, UniqueFd buffered, UniqueFd direct, UniqueFd uncached)
    : name_(std::move(name)),
      buffered_(std::move(buffered)),
      direct_(std::move(direct)),
      uncached_(std::move(uncached)) {}

Result<std::unique_ptr<File>> UringFile::open(const std::filesystem::path& path,
                                              const OpenOptions& options) {
  int flags = O_CLOEXEC | (options.writable ? O_RDWR : O_RDONLY);
  if (options.create_new) flags |= O_CREAT | O_EXCL;
  UniqueFd buffered(retry_eintr([&] { return ::open(path.c_str(), flags, kFileMode); }));
  if (!buffered) return fail(named(errno, "open", path.string()));
  UniqueFd direct;
  if (options.direct && options.writable) {
    // Second, because a file system that cannot do O_DIRECT refuses only after it has created.
    LAPIS_TRY(direct, open_direct(path, O_WRONLY));
  }
  UniqueFd uncached;
  if (options.uncached_reads) {
    LAPIS_TRY(uncached, open_direct(path, O_RDONLY));
  }
  return std::make_unique<UringFile>(path.string(), std::move(buffered), std::move(direct),
                                     std::move(uncached));
}

Task<Result<std::size_t>> UringFile::read_at(std::uint64_t offset, MutableBytes into) {
  if (uncached_) {
    const auto address = reinterpret_cast<std::uintptr_t>(into.data());
    LAPIS_CHECK(is_aligned(offset) && is_aligned(into.size()) && is_aligned(address));
  }
  RingOp op{.kind = RingOp::Kind::kRead, .fd = read_fd()};
  std::size_t done = 0;
  int retries = 0;
  while (done < into.size()) {
    op.offset = offset + done;
    op.data = into.data() + done;
    op.size = transfer_size(into.size() - done);
    const int count = co_await RingAwaiter{op};
    if (count == 0) break;  // the end of the file
    if (count > 0) {
      done += static_cast<std::size_t>(count);
      retries = 0;
    } else if (!says_again(count) || ++retries > kMaxRetries) {
      co_return fail(named(-count, "read", name_));
    }
  }
  co_return done;
}

Task<Result<void>> UringFile::write_at(std::uint64_t offset, Bytes data) {
  if (direct_) {
    const auto address = reinterpret_cast<std::uintptr_t>(data.data());
    LAPIS_CHECK(is_aligned(offset) && is_aligned(data.size()) && is_aligned(address));
  }
  RingOp op{.kind = RingOp::Kind::kWrite, .fd = write_fd()};
  std::size_t done = 0;
  int retries = 0;
  while (done < data.size()) {
    op.offset = offset + done;
    op.data = const_cast<std::byte*>(data.data()) + done;
    op.size = transfer_size(data.size() - done);
    const int count = co_await RingAwaiter{op};
    if (count > 0) {
      done += static_cast<std::size_t>(count);
      retries = 0;
    } else if (count == 0) {
      co_return fail(named(EIO, "write (nothing was written)", name_));
    } else if (!says_again(count) || ++retries > kMaxRetries) {
      co_return fail(named(-count, "write", name_));
    }
  }
  co_return Result<void>{};
}

Task<Result<void>> UringFile::datasync() {
  RingOp op{.kind = RingOp::Kind::kDatasync, .fd = write_fd()};
  // Not tried again: a second fdatasync may succeed over pages that the first one lost.
  const int result = co_await RingAwaiter{op};
  if (result < 0) co_return fail(named(-result, "fdatasync", name_));
  co_return Result<void>{};
}

Result<std::uint64_t> UringFile::size() {
  struct stat status{};
  if (::fstat(buffered_.get(), &status) != 0) return fail(named(errno, "stat", name_));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> UringFile::allocate(std::uint64_t length) {
  if (length > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return fail(named(EFBIG, "allocate", name_));
  }
  const auto bytes = static_cast<off_t>(length);
  if (retry_eintr([&] { return ::fallocate(write_fd(), 0, 0, bytes); }) != 0) {
    return fail(named(errno, "allocate", name_));
  }
  return {};
}

Result<void> UringFile::sync() {
  if (::fsync(write_fd()) != 0) return fail(named(errno, "fsync", name_));
  return {};
}

}  // namespace lapis::io
