// Time limits, on a clock that the test moves.
#include "http/link.h"

#include <gtest/gtest.h>

#include "support/http_harness.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::put;
using test::RawConnection;
using namespace std::chrono_literals;

TEST(TimeLimit, OfAHeadIsAnsweredAndCloses) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send("GET /hello HTTP/1.1\r\nHost:"));
  ASSERT_TRUE(harness.advance_until_readable(connection, 11s));
  const auto response = connection.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.body, "RequestTimeout");
  EXPECT_TRUE(connection.is_closed());
}

TEST(TimeLimit, OfAHeadIsNotProlongedByBytes) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send("GET /hello HTTP/1.1\r\nx: "));
  bool ended = false;
  for (int i = 0; i < 60 && !ended; ++i) {
    connection.send("a");
    harness.clock.advance(1s);
    ended = connection.is_readable(50);
  }
  ASSERT_TRUE(ended);
  EXPECT_EQ(connection.receive().status, 408);
}

TEST(TimeLimit, OfAnIdleConnectionClosesItSilently) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
  ASSERT_TRUE(harness.advance_until_readable(connection, 301s));
  EXPECT_TRUE(connection.is_closed());
}

TEST(TimeLimit, OfAnIdleConnectionIsMinutes) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
  harness.clock.advance(299s);
  EXPECT_FALSE(connection.is_readable(400));  // several turns of the sweeper
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(TimeLimit, OfAConnectionThatSaysNothingIsThatOfAHead) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(harness.advance_until_readable(connection, 11s));
  EXPECT_TRUE(connection.is_closed());
}

TEST(TimeLimit, OfAStalledBodyIsAnErrorToTheHandler) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(test::request("PUT", "/count", "Content-Length: 10\r\n", "01234")));
  ASSERT_TRUE(harness.advance_until_readable(connection, 61s));
  const auto response = connection.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.body, "5");
  EXPECT_TRUE(connection.is_closed());
}

// A byte now and then is no progress.
TEST(TimeLimit, OfABodyIsNotProlongedByATrickle) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(test::request("PUT", "/count", "Content-Length: 1000\r\n")));
  bool ended = false;
  for (int i = 0; i < 200 && !ended; ++i) {
    connection.send("a");
    harness.clock.advance(5s);
    ended = connection.is_readable(50);
  }
  ASSERT_TRUE(ended);
  EXPECT_EQ(connection.receive().status, 408);
}

TEST(TimeLimit, OfABodyBeginsAnewWithEnoughBytes) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::string piece(Link::kStallBytes, 'x');
  ASSERT_TRUE(connection.send(test::request(
      "PUT", "/count", "Content-Length: " + std::to_string(10 * piece.size()) + "\r\n")));
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(connection.is_readable(200));
    harness.clock.advance(25s);
    ASSERT_TRUE(connection.send(piece));
  }
  const auto response = connection.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, std::to_string(10 * piece.size()));
}

TEST(TimeLimit, OfAResponseThatNobodyReadsEndsTheConnection) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::uint64_t size = 1ull << 30;  // no socket buffer holds it
  ASSERT_TRUE(connection.send(get("/stream?" + std::to_string(size))));
  ASSERT_TRUE(connection.is_readable(10'000));
  ASSERT_EQ(harness.server->stats().connections, 1u);
  ASSERT_TRUE(harness.eventually([&] {
    harness.clock.advance(10s);
    return harness.server->stats().connections == 0;
  }));
  EXPECT_LT(connection.receive_rest().size(), size);
}

TEST(TimeLimit, DoesNotRunWhileTheHandlerWorks) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/wait")));
  ASSERT_TRUE(harness.eventually([&] { return harness.handler.handled() == 1; }));
  harness.clock.advance(1000s);
  EXPECT_FALSE(connection.is_readable(300));
  harness.handler.release();
  EXPECT_EQ(connection.receive().status, 200);
}

}  // namespace
}  // namespace lapis::http
