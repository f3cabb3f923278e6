#include "http/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>

#include "http/tls_transport.h"
#include "lapis/base/check.h"
#include "lapis/io/asio_shard.h"

namespace lapis::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::unexpected<Error> cannot(const std::string& what, const ListenAddress& address,
                              const boost::system::error_code& error) {
  return fail(ErrorCode::kInternalError, what + " " + address.address + " port " +
                                             std::to_string(address.port) + ": " + error.message());
}

Result<tcp::endpoint> endpoint_of(const ListenAddress& address) {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address.address, error);
  if (error) return cannot("not an IP address:", address, error);
  return tcp::endpoint(ip, address.port);
}

// Opens and binds. An IPv6 address is only that: "::" beside "0.0.0.0" is no conflict.
template <class Socket>
boost::system::error_code bind_to(Socket& socket, const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error) socket.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) socket.set_option(asio::ip::v6_only(true), error);
  return error;
}

class AsioListener final : public Listener {
 public:
  // `tls` is null for plain text.
  AsioListener(Acceptor acceptor, const std::shared_ptr<TlsContext>* tls)
      : acceptor_(std::move(acceptor)), tls_(tls) {}

  std::uint16_t port() const override {
    boost::system::error_code error;
    return acceptor_.local_endpoint(error).port();
  }

  io::Task<Accepted> accept() override {
    TcpSocket socket(acceptor_.get_executor());
    tcp::endpoint peer;
    AcceptAwaiter awaiter{acceptor_, socket, peer, {}};
    const boost::system::error_code error = co_await awaiter;
    Accepted accepted;
    accepted.secure = tls_ != nullptr;
    if (error) {
      accepted.error = error;
      co_return accepted;
    }
    boost::system::error_code ignored;  // the peer may have gone already
    socket.set_option(tcp::no_delay(true), ignored);
    accepted.peer_address = peer.address().to_string();
    accepted.peer_port = peer.port();
    accepted.transport = tls_ != nullptr ? make_tls_server(std::move(socket), **tls_)
                                         : make_tcp_transport(std::move(socket));
    co_return accepted;
  }

  // Not close: see Transport on ending operations.
  void stop() override { ::shutdown(acceptor_.native_handle(), SHUT_RDWR); }

 private:
  struct AcceptAwaiter {
    Acceptor& acceptor;
    TcpSocket& socket;
    tcp::endpoint& peer;
    boost::system::error_code error;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      acceptor.async_accept(socket, peer, [this, waiter](const boost::system::error_code& e) {
        error = e;
        waiter.resume();
      });
    }
    boost::system::error_code await_resume() const noexcept { return error; }
  };

  Acceptor acceptor_;
  const std::shared_ptr<TlsContext>* tls_;
};

}  // namespace

Result<void> check_address_is_free(const ListenAddress& address) {
  if (address.port == 0) return {};
  LAPIS_TRY(const tcp::endpoint endpoint, endpoint_of(address));
  const int probe = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  boost::system::error_code error;
  // SO_REUSEADDR passes over what old connections have left, not over a listener.
  if (probe < 0 || ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(probe, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
    error.assign(errno, boost::system::system_category());
  }
  if (probe >= 0) ::close(probe);
  if (error) return cannot("cannot listen on", address, error);
  return {};
}

Result<std::unique_ptr<Listener>> Listener::open(io::Shard& shard, const ListenAddress& address,
                                                 const std::shared_ptr<TlsContext>& tls) {
  LAPIS_CHECK(!address.tls || tls != nullptr);
  LAPIS_TRY(const tcp::endpoint endpoint, endpoint_of(address));
  Acceptor acceptor(io::context_of(shard).get_executor());
  boost::system::error_code error = bind_to(acceptor, endpoint);
  if (!error) acceptor.set_option(ReusePort(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot("cannot listen on", address, error);
  return std::make_unique<AsioListener>(std::move(acceptor), address.tls ? &tls : nullptr);
}

}  // namespace lapis::http
