// DirectoryLock: <directory>/lapis.lock, an empty file locked with flock for as long as the
// metadata store is open, so that no second process (nor a second store of this one) opens it.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "lapis/base/result.h"

namespace lapis::storage {

class DirectoryLock {
 public:
  static constexpr std::string_view kFileName = "lapis.lock";

  // Never waits for the holder. Errors: kInternalError where another holds it.
  static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

  DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace lapis::storage
