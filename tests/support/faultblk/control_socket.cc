#include "support/faultblk/control_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "support/faultblk/commands.h"

namespace lapis::faultblk {

namespace {

constexpr std::size_t kMaxLine = 4096;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

ControlSocket::ControlSocket(Rig& rig, const std::string& path)
    : rig_(rig), path_(path), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (listener_ < 0) fail("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    fail("control socket");
  }
  path.copy(address.sun_path, path.size());
  ::unlink(path.c_str());
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("bind");
  }
  if (::listen(listener_, 8) != 0) fail("listen");
  thread_ = std::jthread([this] { serve(); });
}

ControlSocket::~ControlSocket() {
  ::shutdown(listener_, SHUT_RDWR);  // accept returns
  thread_.join();
  ::close(listener_);
  ::unlink(path_.c_str());
}

void ControlSocket::serve() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return;
    }
    serve_connection(connection);
    ::close(connection);
  }
}

void ControlSocket::serve_connection(int connection) {
  std::string input;
  char buffer[512];
  for (;;) {
    const ssize_t count = ::read(connection, buffer, sizeof buffer);
    if (count <= 0 || input.size() > kMaxLine) return;
    input.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = input.find('\n')) != std::string::npos;) {
      const std::string answer = execute(rig_, input.substr(0, end)) + "\n";
      input.erase(0, end + 1);
      if (::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
}

}  // namespace lapis::faultblk
