// PathLock: <path>/lock, locked with flock for as long as the store is open: one process a path.
#pragma once

#include <filesystem>
#include <utility>

#include "lapis/base/result.h"

namespace lapis::storage {

class PathLock {
 public:
  // Blocks shortly. Errors: kInternalError where another process holds it.
  static Result<PathLock> acquire(const std::filesystem::path& directory);

  PathLock(PathLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PathLock& operator=(PathLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~PathLock();

 private:
  explicit PathLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace lapis::storage
