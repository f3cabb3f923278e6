#include "gateway/access_log/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace lapis::gateway {
namespace {

// How long a pipe that nobody reads is waited for.
constexpr int kPipeWaitMs = 500;

bool is_regular(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<std::unique_ptr<LogOutput>> LogOutput::open(const std::filesystem::path& path) {
  if (path == "-") return std::make_unique<LogOutput>(STDOUT_FILENO, false);
  // O_NONBLOCK means nothing to a file, and that a pipe without a reader is refused.
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK;
  const int fd = ::open(path.c_str(), flags, 0640);
  if (fd < 0) {
    return fail(ErrorCode::kInternalError, "cannot open the access log " + path.string() + ": " +
                                               std::generic_category().message(errno));
  }
  return std::make_unique<LogOutput>(fd, true);
}

LogOutput::LogOutput(int fd, bool owns) : fd_(fd), owns_(owns), is_file_(is_regular(fd)) {}

LogOutput::~LogOutput() {
  if (owns_) ::close(fd_);
}

// Writes what can be written; less than all is an error, kept in last_error_.
std::size_t LogOutput::put(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    std::size_t piece = bytes.size() - done;
    if (!is_file_) {
      pollfd ready{fd_, POLLOUT, 0};
      is_stuck_ = ::poll(&ready, 1, is_stuck_ ? 0 : kPipeWaitMs) <= 0;
      if (is_stuck_) {
        last_error_ = EAGAIN;
        break;
      }
      // What a pipe that is ready is certain to take without waiting.
      piece = std::min<std::size_t>(piece, PIPE_BUF);
    }
    const ssize_t wrote = ::write(fd_, bytes.data() + done, piece);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      last_error_ = wrote < 0 ? errno : ENOSPC;
      break;
    }
    done += static_cast<std::size_t>(wrote);
  }
  return done;
}

std::size_t LogOutput::write(std::string_view lines) {
  if (!torn_.empty()) {
    torn_.erase(0, put(torn_));
    if (!torn_.empty()) return 0;
  }
  const std::size_t done = put(lines);
  if (done == lines.size() || done == 0 || lines[done - 1] == '\n') return done;
  const std::size_t end = lines.find('\n', done) + 1;
  torn_ = lines.substr(done, end - done);
  return end;
}

}  // namespace lapis::gateway
