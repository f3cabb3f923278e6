#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "http/tcp_socket.h"

namespace lapis::http {
namespace asio = boost::asio;
namespace {

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(TcpSocket socket) : socket_(std::move(socket)) {}

  void start_handshake(IoOp& op) override { succeed(op); }

  void start_read(MutableBytes into, IoOp& op) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()), ResumeRead{&op});
  }

  // A system call of its own instead of a trip through the ring: a response nearly always fits into
  // the socket's buffer, and the session goes on without having been suspended.
  IoResult write_now(const Pieces& pieces) override {
    std::array<iovec, 2> vectors{to_iovec(pieces.first), to_iovec(pieces.second)};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = vectors.size();
    while (true) {
      const ssize_t n = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n >= 0) return {{}, static_cast<std::size_t>(n)};
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
      if (errno != EINTR) return {std::error_code(errno, std::system_category()), 0};
    }
  }

  void start_write(const Pieces& pieces, IoOp& op) override {
    const std::array<asio::const_buffer, 2> buffers{
        asio::const_buffer(pieces.first.data(), pieces.first.size()),
        asio::const_buffer(pieces.second.data(), pieces.second.size())};
    socket_.async_write_some(buffers, Resume{&op});
  }

  void start_finish(IoOp& op) override {
    shut_down(socket_, asio::socket_base::shutdown_send);
    succeed(op);
  }

  void stop_reading() override { shut_down(socket_, asio::socket_base::shutdown_receive); }
  void abort() override { shut_down(socket_, asio::socket_base::shutdown_both); }

 private:
  static iovec to_iovec(Bytes bytes) {
    return {const_cast<std::byte*>(bytes.data()), bytes.size()};  // sendmsg reads only
  }
  void succeed(IoOp& op) {
    asio::post(socket_.get_executor(), [&op] { op.waiter.resume(); });
  }

  TcpSocket socket_;
};

}  // namespace

void ResumeRead::operator()(const boost::system::error_code& error, std::size_t bytes) const {
  op->result.bytes = bytes;
  if (error && error != asio::error::eof) op->result.error = error;
  op->waiter.resume();
}

void shut_down(TcpSocket& socket, asio::socket_base::shutdown_type what) {
  boost::system::error_code ignored;  // ENOTCONN: the peer was faster
  socket.shutdown(what, ignored);
}

std::unique_ptr<Transport> make_tcp_transport(TcpSocket socket) {
  return std::make_unique<TcpTransport>(std::move(socket));
}

}  // namespace lapis::http
