#include "http/response_head.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace lapis::http {
namespace {

std::string head_of(const Response& response, const HeadFacts& facts) {
  std::string out;
  append_response_head(out, response, facts);
  return out;
}

TEST(ResponseHead, HasTheFieldsInOrder) {
  Response response;
  response.status = 201;
  response.headers.add("ETag", "\"1\"");
  HeadFacts facts;
  facts.content_length = 0;
  facts.common = "Server: s\r\n";
  EXPECT_EQ(head_of(response, facts),
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nETag: \"1\"\r\nServer: s\r\n\r\n");
}

TEST(ResponseHead, SaysTheReasonItIsGiven) {
  Response response;
  response.status = 404;
  response.reason = "The specified blob does not exist.";
  EXPECT_TRUE(
      head_of(response, {}).starts_with("HTTP/1.1 404 The specified blob does not exist.\r\n"));
}

TEST(ResponseHead, SaysCloseOrTellsOldClientsThatItStays) {
  HeadFacts facts;
  EXPECT_EQ(head_of({}, facts).find("Connection"), std::string::npos);
  facts.to_http_1_0 = true;
  EXPECT_NE(head_of({}, facts).find("Connection: keep-alive\r\n"), std::string::npos);
  facts.close = true;
  EXPECT_NE(head_of({}, facts).find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(head_of({}, facts).find("keep-alive"), std::string::npos);
}

TEST(ResponseHead, LetsNoValueEndItsLine) {
  Response response;
  response.reason = "a\r\nb";
  response.headers.add("Content-Disposition", "x\r\nSet-Cookie: y\n\0z");
  response.headers.add("n\nm", "v");
  EXPECT_EQ(head_of(response, {}),
            "HTTP/1.1 200 a  b\r\nContent-Disposition: x  Set-Cookie: y \r\nn m: v\r\n\r\n");
}

TEST(CommonFields, ShowTheSecondTheyWereRefreshedIn) {
  test::ManualClock clock;
  CommonFields common;
  common.refresh(clock.now());
  EXPECT_EQ(common.lines(), "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\nServer: Lapis/0.1.0\r\n");
  clock.advance(std::chrono::seconds(1));
  common.refresh(clock.now());
  EXPECT_EQ(common.lines(), "Date: Fri, 02 Jan 2026 03:04:06 GMT\r\nServer: Lapis/0.1.0\r\n");
}

}  // namespace
}  // namespace lapis::http
