#include "lapis/http/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <future>
#include <thread>

#include "support/http_harness.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::RawConnection;
using namespace std::chrono_literals;

TEST(Server, ServesOnEveryAddressAndShard) {
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0, false}, {"127.0.0.1", 0, false}, {"::1", 0, false}};
  HttpHarness harness(options, 2);
  const auto addresses = harness.server->addresses();
  ASSERT_EQ(addresses.size(), 3u);
  EXPECT_NE(addresses[0].port, addresses[1].port);
  EXPECT_NE(addresses[2].port, 0);
  for (int i = 0; i < 20; ++i) {
    RawConnection connection(addresses[static_cast<std::size_t>(i % 2)].port);
    EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
  }
  EXPECT_EQ(harness.server->stats().requests, 20u);
}

Result<std::unique_ptr<Server>> start(HttpHarness& harness, const ServerOptions& options) {
  return Server::start(options, {&harness.shard()}, {&harness.handler}, harness.clock);
}

TEST(ServerStart, FailsWhereTheAddressIsTakenEvenByTheSameUser) {
  HttpHarness harness;
  ServerOptions options;
  options.listen = {{"127.0.0.1", harness.port(), false}};
  const auto second = start(harness, options);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().detail.find("in use"), std::string::npos) << second.error().detail;
}

TEST(ServerStart, FailsWhereTheAddressIsNoneOfThisMachine) {
  HttpHarness harness;
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0, false}, {"192.0.2.1", 0, false}};
  EXPECT_FALSE(start(harness, options).has_value());
}

TEST(ServerStart, FailsWhereTheAddressIsAName) {
  HttpHarness harness;
  ServerOptions options;
  options.listen = {{"localhost", 0, false}};
  EXPECT_FALSE(start(harness, options).has_value());
}

TEST(ServerStart, FailsWhereTlsHasNoCertificate) {
  HttpHarness harness;
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0, true}};
  EXPECT_FALSE(start(harness, options).has_value());
}

TEST(ServerStart, CanReuseAPortAtOnce) {
  HttpHarness harness;
  ServerOptions options;
  options.listen = {{"127.0.0.1", harness.port(), false}};
  {
    RawConnection connection = harness.connect();
    EXPECT_EQ(connection.exchange(get("/close")).status, 200);  // leaves a socket in TIME_WAIT
  }
  harness.server->stop(0s);
  const auto second = start(harness, options);
  ASSERT_TRUE(second.has_value()) << to_string(second.error());
  RawConnection connection((*second)->addresses()[0].port);
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Server, PausesAcceptingAtItsLimitOfConnections) {
  ServerOptions options;
  options.max_connections = 2;
  HttpHarness harness(options);
  std::optional<RawConnection> first(harness.connect());
  RawConnection second = harness.connect();
  EXPECT_EQ(first->exchange(get("/hello")).status, 200);
  EXPECT_EQ(second.exchange(get("/hello")).status, 200);
  RawConnection third = harness.connect();
  ASSERT_TRUE(third.send(get("/hello")));
  EXPECT_FALSE(third.is_readable(300));
  first.reset();
  EXPECT_EQ(third.receive().status, 200);
}

// Processor time of this process so far.
std::chrono::microseconds processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) { return t.tv_sec * 1'000'000 + t.tv_usec; };
  return std::chrono::microseconds(of(usage.ru_utime) + of(usage.ru_stime));
}

TEST(Server, PausesWithoutSpinningWhereDescriptorsRunOut) {
  HttpHarness harness;
  RawConnection warm = harness.connect();
  EXPECT_EQ(warm.exchange(get("/hello")).status, 200);
  // Their descriptors are here before the limit. The kernel has noted the old limit for the accept
  // that is already waiting, so that one connection still gets in.
  RawConnection last;
  RawConnection late;
  const int next_free = ::dup(0);
  ASSERT_GE(next_free, 0);
  ::close(next_free);
  // UBSan opens a pipe when it meets a type for the first time: it meets these here.
  EXPECT_EQ(std::error_code(EMFILE, std::system_category()), std::errc::too_many_files_open);
  EXPECT_EQ(std::error_code(EMFILE, std::generic_category()), std::errc::too_many_files_open);
  EXPECT_FALSE(std::error_code(EMFILE, std::system_category()).message().empty());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none_left{static_cast<rlim_t>(next_free), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);

  last.connect(harness.port());
  EXPECT_EQ(last.exchange(get("/hello")).status, 200);
  late.connect(harness.port());
  EXPECT_TRUE(late.send(get("/hello")));
  const auto used_before = processor_time();
  EXPECT_FALSE(late.is_readable(500));
  EXPECT_LT(processor_time() - used_before, 200ms);
  EXPECT_EQ(warm.exchange(get("/hello")).status, 200);

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(late.receive().status, 200);
}

TEST(Server, CountsItsConnections) {
  HttpHarness harness;
  {
    RawConnection connection = harness.connect();
    EXPECT_EQ(connection.exchange(get("/hello")).status, 200);
    EXPECT_EQ(harness.server->stats().connections, 1u);
  }
  EXPECT_TRUE(harness.eventually([&] { return harness.server->stats().connections == 0; }));
}

TEST(ServerStop, FinishesWhatIsInFlight) {
  HttpHarness harness({}, 2);
  RawConnection busy = harness.connect();
  ASSERT_TRUE(busy.send(get("/wait") + get("/hello")));
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.handled() == 1; }));
  RawConnection idle = harness.connect();
  EXPECT_EQ(idle.exchange(get("/hello")).status, 200);

  auto stopped = std::async(std::launch::async, [&] { harness.server->stop(60s); });
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(stopped.wait_for(100ms), std::future_status::timeout);
  harness.handler.release();
  const auto response = busy.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(busy.is_closed());
  harness.clock.advance(2s);  // for a client that does not close: busy's descriptor is open
  stopped.get();
  EXPECT_EQ(harness.server->stats().connections, 0u);
}

TEST(ServerStop, RefusesNewConnections) {
  HttpHarness harness;
  const std::uint16_t port = harness.port();
  harness.server->stop(0s);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
}

TEST(ServerStop, CutsOffWhatDoesNotEndInTime) {
  HttpHarness harness;
  RawConnection sender = harness.connect();
  ASSERT_TRUE(sender.send(test::request("PUT", "/count", "Content-Length: 10\r\n", "01234")));
  RawConnection reader = harness.connect();
  ASSERT_TRUE(reader.send(get("/stream?1000000000")));
  ASSERT_TRUE(reader.is_readable(10'000));
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.handled() == 2; }));
  auto stopped = std::async(std::launch::async, [&] { harness.server->stop(5s); });
  EXPECT_EQ(stopped.wait_for(200ms), std::future_status::timeout);
  harness.clock.advance(6s);
  stopped.get();
  EXPECT_LT(reader.receive_rest().size(), 1'000'000'000u);
}

TEST(ServerStop, EndsAtOnceWithHundredsOfIdleConnections) {
  HttpHarness harness({}, 2);
  std::vector<RawConnection> connections;
  for (int i = 0; i < 300; ++i) {
    connections.push_back(harness.connect());
    EXPECT_EQ(connections.back().exchange(get("/hello")).status, 200);
  }
  harness.server->stop(60s);
  for (RawConnection& connection : connections) EXPECT_TRUE(connection.is_closed());
}

TEST(ServerStop, MayBeAskedTwice) {
  HttpHarness harness;
  harness.server->stop(1s);
  harness.server->stop(1s);
}

}  // namespace
}  // namespace lapis::http
