#include "admin/listening_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "lapis/base/log.h"
#include "lapis/io/file.h"

namespace lapis::admin {
namespace {

constexpr int kBacklog = 16;
constexpr mode_t kMode = 0600;
// Whoever holds the lock of the directory does so for microseconds.
constexpr int kLockAttempts = 40;
constexpr int kLockPauseMs = 50;

class DirectoryTurn {
 public:
  explicit DirectoryTurn(int directory) : directory_(directory) {}
  DirectoryTurn(const DirectoryTurn&) = delete;
  DirectoryTurn& operator=(const DirectoryTurn&) = delete;
  ~DirectoryTurn() { ::flock(directory_, LOCK_UN); }

  bool take() const {
    for (int attempt = 0; attempt < kLockAttempts; ++attempt) {
      if (::flock(directory_, LOCK_EX | LOCK_NB) == 0) return true;
      ::poll(nullptr, 0, kLockPauseMs);
    }
    return false;
  }

 private:
  const int directory_;
};

Result<io::UniqueFd> new_socket() {
  io::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(io::from_errno(errno, "make a Unix socket"));
  // On Linux the name gets the mode that the socket has when it is bound.
  if (::fchmod(socket.get(), kMode) != 0) return fail(io::from_errno(errno, "fchmod"));
  return socket;
}

// Takes away what a daemon left that did not stop by itself.
Result<void> remove_stale(const UnixAddress& address, const std::string& path) {
  struct stat found{};
  if (::fstatat(address.directory(), address.name().c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};
    return fail(io::from_errno(errno, path));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return fail(ErrorCode::kInternalError, path + " is there and no socket; it is left alone");
  }
  LAPIS_TRY(const io::UniqueFd probe, new_socket());
  const int answer = address.connect(probe.get());
  if (answer == 0 || answer == EAGAIN) {
    return fail(ErrorCode::kInternalError, path + " is in use by another process");
  }
  if (answer != ECONNREFUSED) return fail(io::from_errno(answer, "connect to " + path));
  log_info("admin", "replacing a socket that nobody listens on", {{"socket", path}});
  if (::unlinkat(address.directory(), address.name().c_str(), 0) != 0) {
    return fail(io::from_errno(errno, "remove " + path));
  }
  return {};
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open(const std::filesystem::path& path) {
  LAPIS_TRY(UnixAddress address, UnixAddress::open(path));
  const DirectoryTurn turn(address.directory());
  if (!turn.take()) {
    return fail(ErrorCode::kInternalError,
                "another process holds the directory of " + path.string());
  }
  LAPIS_TRY_VOID(remove_stale(address, path.string()));
  LAPIS_TRY(io::UniqueFd socket, new_socket());
  if (const int error = address.bind(socket.get()); error != 0) {
    return fail(io::from_errno(error, "bind " + path.string()));
  }
  if (::listen(socket.get(), kBacklog) != 0) return fail(io::from_errno(errno, "listen"));
  struct stat made{};
  if (::fstatat(address.directory(), address.name().c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0) {
    return fail(io::from_errno(errno, path.string()));
  }
  return ListeningSocket(std::move(address), std::move(socket), made.st_ino);
}

ListeningSocket::~ListeningSocket() {
  if (!socket_) return;  // moved from
  struct stat found{};
  const char* name = address_.name().c_str();
  if (::fstatat(address_.directory(), name, &found, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (found.st_ino == inode_) ::unlinkat(address_.directory(), name, 0);
}

}  // namespace lapis::admin
