#include "admin/line_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lapis/io/file.h"

namespace lapis::admin {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

bool may_try_again(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

Result<void> LineChannel::wait(short events, Instant deadline) const {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.instant()).count();
    if (left <= 0) return fail(ErrorCode::kOperationTimedOut, "the other side takes too long");
    std::array<pollfd, 2> polled{{{socket_.get(), events, 0}, {wake_, POLLIN, 0}}};
    const int ready = ::poll(polled.data(), polled.size(),
                             static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready < 0 && errno != EINTR) return fail(io::from_errno(errno, "poll"));
    if (ready <= 0) continue;
    if (polled[1].revents != 0) return fail(ErrorCode::kServerBusy, "stopping");
    return {};
  }
}

Result<std::optional<std::string>> LineChannel::read_line(const ReadLimits& limits) {
  Instant deadline = clock_.instant() + (held_.empty() ? limits.until_begun : limits.until_whole);
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = held_.find('\n', searched);
    if (end != held_.npos ? end > limits.bytes : held_.size() > limits.bytes) {
      return fail(ErrorCode::kRequestBodyTooLarge,
                  "a line is at most " + std::to_string(limits.bytes) + " bytes");
    }
    if (end != held_.npos) {
      std::string line = held_.substr(0, end);
      held_.erase(0, end + 1);
      return line;
    }
    searched = held_.size();
    LAPIS_TRY_VOID(wait(POLLIN, deadline));
    held_.resize(searched + kReadBytes);
    const ssize_t count = ::recv(socket_.get(), held_.data() + searched, kReadBytes, 0);
    const int error = errno;
    held_.resize(searched + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && !may_try_again(error)) return fail(io::from_errno(error, "receive"));
    if (count == 0 && searched == 0) return std::nullopt;
    if (count == 0) return fail(ErrorCode::kInternalError, "the connection ended within a line");
    if (searched == 0) deadline = clock_.instant() + limits.until_whole;
  }
}

Result<void> LineChannel::write_line(std::string_view line, std::chrono::milliseconds stalled) {
  std::string text(line);
  text += '\n';
  for (std::string_view left = text; !left.empty();) {
    LAPIS_TRY_VOID(wait(POLLOUT, clock_.instant() + stalled));
    const ssize_t count = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (count < 0 && !may_try_again(errno)) return fail(io::from_errno(errno, "send"));
    left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return {};
}

void LineChannel::hang_up() { ::shutdown(socket_.get(), SHUT_RDWR); }

bool LineChannel::is_closed() const {
  pollfd polled{socket_.get(), POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace lapis::admin
