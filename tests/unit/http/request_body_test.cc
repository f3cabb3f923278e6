// Request bodies: read, held back, left unread.
#include "http/request_body.h"

#include <gtest/gtest.h>

#include "support/http_harness.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::put;
using test::RawConnection;
using test::request;

constexpr const char* kExpect = "Expect: 100-continue\r\n";

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = test::pattern_at(i);
  return text;
}

// The head of a PUT whose body comes later, or never.
std::string head_of_put(const std::string& target, std::uint64_t length,
                        const std::string& fields = {}) {
  return request("PUT", target, "Content-Length: " + std::to_string(length) + "\r\n" + fields);
}

class RequestBodyOfSize : public testing::TestWithParam<std::size_t> {};

TEST_P(RequestBodyOfSize, IsReadAsSent) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::string body = pattern(GetParam());
  EXPECT_TRUE(connection.exchange(put("/echo", body)).body == body);
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}
INSTANTIATE_TEST_SUITE_P(Sizes, RequestBodyOfSize,
                         testing::Values(0, 1, 4096, 8191, 8192, 8193, 65'537, 5'000'000));

TEST(RequestBody, IsAskedForAtTheFirstReadOnly) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(head_of_put("/echo", 5, kExpect)));
  const auto go_on = connection.receive();
  EXPECT_EQ(go_on.status, 100);
  EXPECT_EQ(go_on.head, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(connection.exchange("abcde").body, "abcde");
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(RequestBody, IsNotAskedForWhereItIsHereAlready) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(put("/echo", "abcde", kExpect));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "abcde");
}

TEST(RequestBody, IsNotAskedForWhereItIsEmpty) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(head_of_put("/echo", 0, kExpect)).status, 200);
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(RequestBody, IsNotAskedForWhereTheRequestIsRefused) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(head_of_put("/ignore", 5, kExpect));
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(response.has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(connection.is_closed());
}

// A client that sends the held-back body anyway must not have it taken for a request.
TEST(RequestBody, ThatWasRefusedIsNeverServedAsARequest) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::string smuggled = get("/hello");
  EXPECT_EQ(connection.exchange(head_of_put("/ignore", smuggled.size(), kExpect)).status, 403);
  connection.send(smuggled);
  EXPECT_TRUE(connection.is_closed());
  EXPECT_EQ(harness.handler.handled(), 1);
}

TEST(RequestBody, LeftUnreadIsDrainedWhereItIsSmall) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(put("/ignore", pattern(1'000'000)));
  EXPECT_EQ(response.status, 403);
  EXPECT_FALSE(response.has("Connection: close"));
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
  EXPECT_EQ(connection.exchange(put("/first?3", "abcdefgh")).body, "abc");
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(RequestBody, LeftUnreadIsAnsweredBeforeItHasCome) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(head_of_put("/ignore", 10)).status, 403);
  EXPECT_EQ(connection.exchange("0123456789" + get("/hello")).body, "hello");
}

TEST(RequestBody, LeftUnreadEndsTheConnectionWhereItIsHuge) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(head_of_put("/ignore", 1ull << 40)));
  const std::string piece = pattern(1 << 20);
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(connection.send(piece));
  const auto response = connection.receive();
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(response.has("\r\nConnection: close\r\n"));
  connection.finish_sending();
  EXPECT_TRUE(connection.is_closed());
  EXPECT_FALSE(connection.was_reset());
}

TEST(RequestBody, CutShortIsAnErrorToTheHandler) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(head_of_put("/count", 10) + "01234"));
  connection.finish_sending();
  const auto response = connection.receive();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "5");
  EXPECT_TRUE(connection.is_closed());
}

}  // namespace
}  // namespace lapis::http
