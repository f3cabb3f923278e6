// A blocking TCP client for tests that speak HTTP byte by byte. Every wait has an end: what does
// not come within kPatience fails the test that waits for it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lapis::test {

// A response as it stood on the wire.
struct RawResponse {
  int status = 0;    // 0: none came
  std::string head;  // status line and fields, with the empty line
  std::string body;
  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

class RawConnection {
 public:
  static constexpr int kPatienceSeconds = 20;

  explicit RawConnection(std::uint16_t port) : RawConnection() { connect(port); }
  // Only the descriptor.
  RawConnection() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{kPatienceSeconds, 0};
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  RawConnection(RawConnection&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection() {
    if (fd_ >= 0) ::close(fd_);
  }

  void connect(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0)
        << errno;
  }

  // False where the server has closed or reset the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  int descriptor() const { return fd_; }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  // The next response; `to_head`: without a body, whatever it announces.
  RawResponse receive(bool to_head = false) {
    RawResponse response;
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_some()) return response;
    }
    response.head = take(end + 4);
    response.status = static_cast<int>(number_behind(response.head, " "));
    const bool has_body = !to_head && response.status >= 200 && response.status != 304;
    const std::uint64_t length = has_body ? number_behind(response.head, "Content-Length: ") : 0;
    while (unread_.size() < length) {
      if (!receive_some()) break;
    }
    response.body = take(std::min<std::uint64_t>(length, unread_.size()));
    return response;
  }
  RawResponse exchange(std::string_view request) {
    EXPECT_TRUE(send(request));
    return receive();
  }

  // Everything up to the end of the stream (or its reset).
  std::string receive_rest() {
    while (receive_some()) {
    }
    return take(unread_.size());
  }
  // True where the server ends the stream and sends nothing more before. A reset is an end too.
  bool is_closed() { return receive_rest().empty() && ended_; }
  bool was_reset() const { return reset_; }
  // Whether there is something to receive (an end counts) within `wait_ms`.
  bool is_readable(int wait_ms) {
    if (!unread_.empty()) return true;
    pollfd waiting{fd_, POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&waiting, 1, wait_ms)) < 0 && errno == EINTR) {
    }
    return ready != 0;
  }

 private:
  bool receive_some() {
    char piece[64 * 1024];
    ssize_t n = 0;
    while ((n = ::recv(fd_, piece, sizeof piece, 0)) < 0 && errno == EINTR) {
    }
    if (n > 0) {
      unread_.append(piece, static_cast<std::size_t>(n));
      return true;
    }
    reset_ = n < 0 && errno == ECONNRESET;
    ended_ = n == 0 || reset_;
    EXPECT_TRUE(ended_) << "nothing received in time";
    return false;
  }
  std::string take(std::size_t n) {
    std::string taken = unread_.substr(0, n);
    unread_.erase(0, n);
    return taken;
  }
  static std::uint64_t number_behind(std::string_view text, std::string_view mark) {
    std::uint64_t value = 0;
    const std::size_t at = text.find(mark);
    if (at != text.npos) {
      std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), value);
    }
    return value;
  }

  int fd_;
  std::string unread_;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace lapis::test
