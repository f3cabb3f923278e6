#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "io/retry_eintr.h"
#include "io/uring_file.h"
#include "lapis/io/file.h"

namespace lapis::io {
namespace {

using Path = std::filesystem::path;

constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

Error named(std::string_view operation, const Path& path) {
  const int error = errno;
  std::string what(operation);
  what += ' ';
  what += path.string();
  return from_errno(error, what);
}

Path directory_of(const Path& path) {
  const Path parent = path.parent_path();
  return parent.empty() ? Path(".") : parent;
}

Result<void> write_whole(int fd, const Path& path, std::string_view content) {
  while (!content.empty()) {
    const auto count = retry_eintr([&] { return ::write(fd, content.data(), content.size()); });
    if (count < 0) return fail(named("write", path));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> write_synced(const Path& path, std::string_view content) {
  const int flags = O_CLOEXEC | O_CREAT | O_TRUNC | O_WRONLY;
  const UniqueFd fd(retry_eintr([&] { return ::open(path.c_str(), flags, kFileMode); }));
  if (!fd) return fail(named("open", path));
  LAPIS_TRY_VOID(write_whole(fd.get(), path, content));
  if (::fsync(fd.get()) != 0) return fail(named("fsync", path));
  return {};
}

class UringFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const Path& path, OpenOptions options) override {
    return UringFile::open(path, options);
  }

  Result<std::string> read_file(const Path& path, std::size_t max_bytes) override {
    const UniqueFd fd(retry_eintr([&] { return ::open(path.c_str(), O_CLOEXEC | O_RDONLY); }));
    if (!fd) return fail(named("open", path));
    std::string content;
    char block[4096];
    while (true) {
      const auto count = retry_eintr([&] { return ::read(fd.get(), block, sizeof block); });
      if (count < 0) return fail(named("read", path));
      if (count == 0) return content;
      if (content.size() + static_cast<std::size_t>(count) > max_bytes) {
        errno = EFBIG;
        return fail(named("read", path));
      }
      content.append(block, static_cast<std::size_t>(count));
    }
  }

  Result<void> replace_file(const Path& path, std::string_view content) override {
    Path temporary = path;
    temporary += ".tmp";
    Result<void> written = write_synced(temporary, content);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
      written = fail(named("rename", path));
    }
    if (!written) {
      ::unlink(temporary.c_str());
      return written;
    }
    return sync_directory(directory_of(path));
  }

  Result<void> make_directories(const Path& path) override {
    Path made;
    for (const Path& part : path) {
      made /= part;
      if (part.empty() || part == "." || part == ".." || part == "/") continue;
      if (::mkdir(made.c_str(), kDirectoryMode) == 0) {
        LAPIS_TRY_VOID(sync_directory(directory_of(made)));
      } else if (errno != EEXIST) {
        return fail(named("mkdir", made));
      }
    }
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return fail(named("stat", path));
    if (!S_ISDIR(status.st_mode)) {
      errno = ENOTDIR;
      return fail(named("mkdir", path));
    }
    return {};
  }

  Result<void> sync_directory(const Path& path) override {
    const int flags = O_CLOEXEC | O_RDONLY | O_DIRECTORY;
    const UniqueFd fd(retry_eintr([&] { return ::open(path.c_str(), flags); }));
    if (!fd) return fail(named("open", path));
    if (::fsync(fd.get()) != 0) return fail(named("fsync", path));
    return {};
  }

  Result<void> remove(const Path& path) override {
    if (std::remove(path.c_str()) != 0) return fail(named("remove", path));
    return {};
  }

  Result<std::vector<std::string>> list(const Path& path) override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error) return fail(from_errno(error.value(), "list " + path.string()));
    std::ranges::sort(names);
    return names;
  }

  Result<bool> exists(const Path& path) override {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return fail(named("stat", path));
  }

  Result<DiskSpace> space(const Path& path) override {
    struct statvfs status{};
    if (retry_eintr([&] { return ::statvfs(path.c_str(), &status); }) != 0) {
      return fail(named("statvfs", path));
    }
    return DiskSpace{.total_bytes = status.f_blocks * status.f_frsize,
                     .available_bytes = status.f_bavail * status.f_frsize};
  }
};

}  // namespace

std::unique_ptr<FileSystem> make_uring_file_system() { return std::make_unique<UringFileSystem>(); }

}  // namespace lapis::io
