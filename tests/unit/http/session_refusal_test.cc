// What is no request: it gets one answer, and the connection ends, whatever follows.
#include <gtest/gtest.h>

#include "support/http_harness.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::put;
using test::RawConnection;

struct RefusalCase {
  const char* name;
  std::string bytes;
  int status = 400;
};

class SessionRefuses : public testing::TestWithParam<RefusalCase> {};

// The request behind the refused one is what a smuggler wants to be served.
TEST_P(SessionRefuses, AndNeverServesWhatFollows) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(GetParam().bytes + get("/hello")));
  const auto response = connection.receive();
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_TRUE(response.has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(connection.is_closed());
  EXPECT_EQ(harness.handler.handled(), 0);
}

constexpr const char* kChunkedBody = "5\r\nhello\r\n0\r\n\r\n";

const RefusalCase kRefusals[] = {
    {"LengthAndChunked",
     test::request("POST", "/echo", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                   kChunkedBody)},
    {"ChunkedAndLength",
     test::request("POST", "/echo", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                   kChunkedBody)},
    {"TwoLengths",
     test::request("POST", "/echo", "Content-Length: 5\r\nContent-Length: 0\r\n", "hello")},
    {"LengthPlus", test::request("POST", "/echo", "Content-Length: +5\r\n", "hello")},
    {"CodingUnknown",
     test::request("POST", "/echo", "Transfer-Encoding: xchunked\r\n", kChunkedBody)},
    {"CodingInHttp10",
     std::string("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") + kChunkedBody},
    {"FoldedLine", get("/hello", "x: a\r\n Content-Length: 5\r\n")},
    {"BareLf", "GET /hello HTTP/1.1\nHost: a\n\n"},
    {"BlankBeforeColon", test::request("POST", "/echo", "Content-Length : 5\r\n", "hello")},
    {"NoHost", "GET /hello HTTP/1.1\r\n\r\n"},
    {"NotHttp", std::string("\x16\x03\x01\x02\x00\x01\x00", 7)},
    {"UnknownExpectation", get("/hello", "Expect: the-unexpected\r\n"), 417},
    {"HeadTooLarge", get("/hello", "x: " + std::string(64 * 1024, 'a') + "\r\n"), 431},
    {"TooManyFields",
     get("/hello",
         [] {
           std::string fields;
           for (int i = 0; i < 200; ++i) fields += "x: y\r\n";
           return fields;
         }()),
     431},
    {"TargetTooLong", get("/" + std::string(16 * 1024, 'a')), 414},
    {"RequestLineNeverEnds", std::string(70'000, 'A'), 414},
};
INSTANTIATE_TEST_SUITE_P(Bytes, SessionRefuses, testing::ValuesIn(kRefusals),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(SessionRefusal, ComesBehindTheAnswersBeforeIt) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/hello") + "GET /hello HTTP/1.1\nHost: a\n\n"));
  EXPECT_EQ(connection.receive().body, "hello");
  EXPECT_EQ(connection.receive().status, 400);
  EXPECT_TRUE(connection.is_closed());
}

TEST(SessionRefusal, LeavesTheLargestHeadAlone) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::size_t rest = 64 * 1024 - get("/hello", "x: \r\n").size();
  const std::string largest = get("/hello", "x: " + std::string(rest, 'a') + "\r\n");
  ASSERT_EQ(largest.size(), 64u * 1024);
  EXPECT_EQ(connection.exchange(largest).body, "hello");
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(SessionRefusal, ReachesAClientThatIsStillSending) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(test::request("POST", "/echo", "Content-Length: x\r\n")));
  const std::string more(1 << 20, 'x');
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(connection.send(more));
  EXPECT_EQ(connection.receive().status, 400);
  connection.finish_sending();
  EXPECT_TRUE(connection.is_closed());
  EXPECT_FALSE(connection.was_reset());
}

// Azure answers 411 to a body without a length: the handler decides, the connection ends.
TEST(SessionRefusal, OfAChunkedBodyIsLeftToTheHandlerAndCloses) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(
      test::request("PUT", "/target", "Transfer-Encoding: chunked\r\n", kChunkedBody) +
      get("/hello")));
  const auto response = connection.receive();
  EXPECT_EQ(response.body, "PUT /target 127.0.0.1 plain chunked");
  EXPECT_TRUE(response.has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(connection.is_closed());
  EXPECT_EQ(harness.handler.handled(), 1);
}

}  // namespace
}  // namespace lapis::http
