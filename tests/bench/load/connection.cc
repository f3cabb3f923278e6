#include "load/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "load/fail.h"
#include "load/plan.h"

namespace lapis::bench {

Connection::~Connection() {
  if (fd_ >= 0) close(fd_);
}

void Connection::open(const std::string& host, std::uint16_t port) {
  if (fd_ >= 0) close(fd_);
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail_errno("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) fail("not an address: " + host);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail_errno("connect");
  }
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  busy_ = watched_for_output = false;
}

void Connection::begin(std::string_view head, std::size_t serial_at, std::uint64_t serial,
                       std::string_view body, std::uint64_t now) {
  head_ = head;
  if (serial_at != std::string_view::npos) {
    for (auto at = serial_at + kSerialMark.size(); at-- > serial_at; serial /= 10) {
      head_[at] = static_cast<char>('0' + serial % 10);
    }
  }
  body_ = body;
  sent_ = 0;
  began_ = now;
  busy_ = true;
  reader_.reset();
}

bool Connection::send() {
  while (!sent()) {
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    if (sent_ < head_.size()) parts[count++] = {head_.data() + sent_, head_.size() - sent_};
    const auto of_body = sent_ > head_.size() ? sent_ - head_.size() : 0;
    if (of_body < body_.size()) {
      parts[count++] = {const_cast<char*>(body_.data()) + of_body, body_.size() - of_body};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const auto got = sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace lapis::bench
