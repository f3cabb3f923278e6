#include "storage/chunk/path_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "lapis/io/file.h"

namespace lapis::storage {

Result<PathLock> PathLock::acquire(const std::filesystem::path& directory) {
  const std::string name = (directory / "lock").string();
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return fail(io::from_errno(errno, "open " + name));
  PathLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return fail(ErrorCode::kInternalError, directory.string() + " is in use by another process");
    }
    return fail(io::from_errno(errno, "flock " + name));
  }
  return lock;
}

PathLock::~PathLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace lapis::storage
