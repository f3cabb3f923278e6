#include "http/connector.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "http/tls_transport.h"
#include "lapis/io/asio_shard.h"

namespace lapis::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

using Executor = asio::io_context::executor_type;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;

class AsioAlarm final : public Alarm {
 public:
  explicit AsioAlarm(asio::io_context& context) : state_(std::make_shared<State>(context)) {}
  ~AsioAlarm() override { disarm(); }

  void arm(std::chrono::milliseconds delay, std::move_only_function<void()> ring) override {
    state_->ring = std::move(ring);
    state_->timer.expires_after(delay);
    // A wait that was cancelled too late to be stopped finds another turn.
    state_->timer.async_wait([state = state_, turn = ++state_->turn](const auto& error) {
      if (error || state->turn != turn) return;
      if (state->ring) state->ring();
    });
  }

  void disarm() override {
    ++state_->turn;
    state_->ring = nullptr;
    state_->timer.cancel();
  }

  void ring() override {
    auto ring = std::exchange(state_->ring, nullptr);
    disarm();
    if (ring) ring();
  }

 private:
  struct State {
    explicit State(asio::io_context& context) : timer(context) {}
    asio::steady_timer timer;
    std::move_only_function<void()> ring;
    std::uint64_t turn = 0;
  };
  std::shared_ptr<State> state_;  // outlives a wait that still has to hear that it was cancelled
};

struct ResolveAwaiter {
  Resolver& resolver;
  const std::string& host;
  std::uint16_t port;
  boost::system::error_code error;
  std::vector<tcp::endpoint> endpoints;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                           [this, waiter](const auto& e, const tcp::resolver::results_type& found) {
                             error = e;
                             for (const auto& entry : found) endpoints.push_back(entry.endpoint());
                             waiter.resume();
                           });
  }
  boost::system::error_code await_resume() const noexcept { return error; }
};

struct ConnectAwaiter {
  TcpSocket& socket;
  tcp::endpoint endpoint;
  boost::system::error_code error;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    socket.async_connect(endpoint, [this, waiter](const boost::system::error_code& e) {
      error = e;
      waiter.resume();
    });
  }
  boost::system::error_code await_resume() const noexcept { return error; }
};

std::unexpected<Error> unreachable(const ClientOptions& options, const std::string& why) {
  return fail(ErrorCode::kInternalError,
              "cannot reach " + options.host + ":" + std::to_string(options.port) + ": " + why);
}

std::unexpected<Error> too_slow(const ClientOptions& options) {
  return fail(ErrorCode::kOperationTimedOut,
              "connecting to " + options.host + ":" + std::to_string(options.port));
}

IpAddress address_of(const tcp::endpoint& endpoint) {
  IpAddress address;
  if (endpoint.address().is_v4()) {
    address.is_v4 = true;
    std::ranges::copy(endpoint.address().to_v4().to_bytes(), address.bytes.begin());
  } else {
    std::ranges::copy(endpoint.address().to_v6().to_bytes(), address.bytes.begin());
  }
  return address;
}

// The addresses of the host; a literal is its own. getaddrinfo runs on Asio's resolver thread and
// cannot be interrupted, so `timed_out` is only looked at afterwards.
io::Task<Result<std::vector<tcp::endpoint>>> resolve(asio::io_context& context,
                                                     const ClientOptions& options) {
  boost::system::error_code error;
  const auto literal = asio::ip::make_address(options.host, error);
  if (!error) co_return std::vector<tcp::endpoint>{tcp::endpoint(literal, options.port)};
  Resolver resolver(context.get_executor());
  ResolveAwaiter awaiter{resolver, options.host, options.port, {}, {}};
  error = co_await awaiter;
  if (error) co_return unreachable(options, error.message());
  co_return std::move(awaiter.endpoints);
}

}  // namespace

std::unique_ptr<Alarm> Alarm::make(io::Shard& shard) {
  return std::make_unique<AsioAlarm>(io::context_of(shard));
}

io::Task<Result<std::unique_ptr<Transport>>> connect_transport(io::Shard& shard,
                                                               const ClientOptions& options,
                                                               TlsContext* tls, Alarm& alarm) {
  asio::io_context& context = io::context_of(shard);
  TcpSocket socket(context.get_executor());
  bool timed_out = false;
  alarm.arm(options.connect_timeout, [&] {
    timed_out = true;
    boost::system::error_code ignored;
    if (socket.is_open()) socket.cancel(ignored);
  });
  auto endpoints = co_await resolve(context, options);
  if (!endpoints || timed_out) {
    alarm.disarm();
    if (timed_out) co_return too_slow(options);
    co_return std::unexpected(std::move(endpoints).error());
  }
  if (options.permits) {
    std::erase_if(*endpoints, [&](const auto& each) { return !options.permits(address_of(each)); });
    if (endpoints->empty()) {
      alarm.disarm();
      co_return fail(ErrorCode::kAuthorizationFailure,
                     "no address of " + options.host + " may be connected to");
    }
  }
  boost::system::error_code error = asio::error::host_not_found;
  for (const tcp::endpoint& endpoint : *endpoints) {
    boost::system::error_code ignored;
    socket.close(ignored);  // no operation is in flight here
    ConnectAwaiter awaiter{socket, endpoint, {}};
    error = co_await awaiter;
    if (!error || timed_out) break;
  }
  alarm.disarm();
  if (timed_out) co_return too_slow(options);
  if (error) co_return unreachable(options, error.message());
  socket.set_option(tcp::no_delay(true), error);
  if (tls == nullptr) co_return make_tcp_transport(std::move(socket));

  std::unique_ptr<Transport> transport = make_tls_client(std::move(socket), *tls, options.host);
  alarm.arm(options.connect_timeout, [&] {
    timed_out = true;
    transport->abort();
  });
  const IoResult shaken = co_await transport->handshake();
  alarm.disarm();
  if (timed_out) co_return too_slow(options);
  if (shaken.error) co_return unreachable(options, "TLS: " + shaken.error.message());
  co_return transport;
}

}  // namespace lapis::http
