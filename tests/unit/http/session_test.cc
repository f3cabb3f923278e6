// Sessions over real loopback sockets: requests in, responses out, in order.
#include "http/session.h"

#include <gtest/gtest.h>

#include "support/http_harness.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::put;
using test::RawConnection;
using test::request;

TEST(Session, AnswersWithTheFieldsItAdds) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(get("/hello"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_TRUE(response.has("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(response.has("\r\nContent-Length: 5\r\n"));
  EXPECT_TRUE(response.has("\r\nServer: Lapis/0.1.0\r\n"));
  EXPECT_TRUE(response.has("\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"));
  EXPECT_FALSE(response.has("Connection:"));
  EXPECT_FALSE(response.has("Transfer-Encoding"));
}

TEST(Session, TellsTheHandlerWhoAsksForWhat) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange(get("/target?a=%2F")).body, "GET /target?a=%2F 127.0.0.1 plain");
}

TEST(Session, KeepsTheConnectionForManyRequests) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  for (int i = 0; i < 100; ++i) {
    const std::string body(static_cast<std::size_t>(i * 37), 'x');
    EXPECT_EQ(connection.exchange(put("/echo", body)).body, body);
  }
}

TEST(Session, AnswersPipelinedRequestsInOrder) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(put("/echo", "first") + get("/hello") + put("/echo", "third")));
  EXPECT_EQ(connection.receive().body, "first");
  EXPECT_EQ(connection.receive().body, "hello");
  EXPECT_EQ(connection.receive().body, "third");
}

TEST(Session, AnswersMorePipelinedRequestsThanItsBufferHolds) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += get("/target?" + std::to_string(i));
  ASSERT_TRUE(connection.send(requests));
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(connection.receive().body, "GET /target?" + std::to_string(i) + " 127.0.0.1 plain");
  }
}

TEST(Session, ReadsARequestThatComesByteByByte) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  for (const char byte : put("/echo", "split") + get("/hello")) {
    ASSERT_TRUE(connection.send({&byte, 1}));
  }
  EXPECT_EQ(connection.receive().body, "split");
  EXPECT_EQ(connection.receive().body, "hello");
}

TEST(Session, PassesOverEmptyLinesBeforeARequest) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_EQ(connection.exchange("\r\n\r\n" + get("/hello")).body, "hello");
  ASSERT_TRUE(connection.send("\r"));
  EXPECT_EQ(connection.exchange("\n" + get("/hello")).body, "hello");
}

TEST(Session, AnswersHeadWithTheLengthAndNoBody) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  for (const std::string target : {"/hello", "/announce?5"}) {
    ASSERT_TRUE(connection.send(request("HEAD", target)));
    const auto response = connection.receive(true);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.has("\r\nContent-Length: 5\r\n"));
  }
  ASSERT_TRUE(connection.send(request("HEAD", "/stream?1000000")));
  EXPECT_TRUE(connection.receive(true).has("\r\nContent-Length: 1000000\r\n"));
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Session, SendsNoBodyAndNoLengthWhereTheStatusHasNone) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  for (const std::string target : {"/204", "/304"}) {
    const auto response = connection.exchange(get(target));
    EXPECT_EQ(response.status, std::stoi(target.substr(1)));
    EXPECT_FALSE(response.has("Content-Length"));
  }
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Session, StreamsABodyOfManyPieces) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const std::uint64_t size = 20'000'001;
  const auto response = connection.exchange(get("/stream?" + std::to_string(size)));
  ASSERT_EQ(response.body.size(), size);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < size; ++i) wrong += response.body[i] != test::pattern_at(i);
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(connection.exchange(get("/stream?0")).body, "");
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Session, AnswersAnErrorWhereTheBodyFailsBeforeTheHead) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(get("/fail?0"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "ServerBusy");
  EXPECT_FALSE(response.has("x-path"));
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Session, EndsTheConnectionWhereTheBodyFailsBehindTheHead) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(get("/fail?500000"));
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.has("\r\nContent-Length: 1048576\r\n"));
  EXPECT_LE(response.body.size(), 500'000u);
  EXPECT_TRUE(connection.is_closed());
}

TEST(Session, AnswersAnExceptionWithAnInternalError) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(get("/throw"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, "InternalError");
  EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
}

TEST(Session, LetsNoResponseFieldBecomeTwo) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_FALSE(connection.exchange(get("/headers")).has("\r\nx-evil"));
}

struct CloseCase {
  const char* name;
  std::string request;
  bool closes;
};

class SessionConnection : public testing::TestWithParam<CloseCase> {};

TEST_P(SessionConnection, EndsOrStays) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response = connection.exchange(GetParam().request);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.has("\r\nConnection: close\r\n"), GetParam().closes);
  if (GetParam().closes) {
    EXPECT_TRUE(connection.is_closed());
  } else {
    EXPECT_EQ(connection.exchange(get("/hello")).body, "hello");
  }
}

const CloseCase kCloseCases[] = {
    {"Plain", get("/hello"), false},
    {"AskedToClose", get("/hello", "Connection: close\r\n"), true},
    {"AskedToCloseWithMoreBehind", get("/hello", "Connection: close\r\n") + get("/hello"), true},
    {"Http10", "GET /hello HTTP/1.0\r\n\r\n", true},
    {"Http10KeepAlive", "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false},
};
INSTANTIATE_TEST_SUITE_P(Cases, SessionConnection, testing::ValuesIn(kCloseCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Session, TellsAnOldClientThatItsConnectionStays) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  const auto response =
      connection.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(response.has("\r\nConnection: keep-alive\r\n"));
}

TEST(Session, ClosesWhereTheHandlerSaysSo) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  EXPECT_TRUE(connection.exchange(get("/close")).has("\r\nConnection: close\r\n"));
  EXPECT_TRUE(connection.is_closed());
}

TEST(Session, AnswersAClientThatHasClosedItsSide) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/hello") + get("/target")));
  connection.finish_sending();
  EXPECT_EQ(connection.receive().body, "hello");
  EXPECT_EQ(connection.receive().status, 200);
  EXPECT_TRUE(connection.is_closed());
}

TEST(Session, SaysNothingToAClientThatLeavesInItsHead) {
  HttpHarness harness;
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send("GET /hello HTTP/1.1\r\nHo"));
  connection.finish_sending();
  EXPECT_TRUE(connection.is_closed());
  EXPECT_EQ(harness.handler.handled(), 0);
}

}  // namespace
}  // namespace lapis::http
