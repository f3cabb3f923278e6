#include "lapis/azure/error_response.h"

#include <gtest/gtest.h>

#include <chrono>

namespace lapis::azure {
namespace {

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year(2021) / 12 / 16) +
                         std::chrono::hours(22) + std::chrono::minutes(2) + Ticks(565817372)};
constexpr Guid kId{};

std::string body_of(const http::Response& response) { return std::get<std::string>(response.body); }

TEST(RenderError, WritesAzuresEnvelope) {
  const auto response = render_error(Error{ErrorCode::kBlobNotFound}, kId, kNow, true);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.reason, "The specified blob does not exist.");
  EXPECT_EQ(response.headers.get("x-ms-error-code"), "BlobNotFound");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  EXPECT_EQ(body_of(response),
            "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>BlobNotFound</Code>"
            "<Message>The specified blob does not exist.\n"
            "RequestId:00000000-0000-0000-0000-000000000000\n"
            "Time:2021-12-16T22:02:56.5817372Z</Message></Error>");
}

TEST(RenderError, PutsFieldsBehindTheMessage) {
  const auto response = render_error(Error{ErrorCode::kInvalidHeaderValue}
                                         .with("HeaderName", "x-ms-version")
                                         .with("HeaderValue", "<a&b>\x01\xFF"),
                                     kId, kNow, true);
  EXPECT_NE(body_of(response).find("</Message><HeaderName>x-ms-version</HeaderName>"
                                   "<HeaderValue>&lt;a&amp;b&gt;?"
                                   "?</HeaderValue></Error>"),
            std::string::npos);
}

TEST(RenderError, EmptyFieldIsAnEmptyElement) {
  const auto response =
      render_error(Error{ErrorCode::kInvalidHeaderValue}.with("HeaderValue", ""), kId, kNow, true);
  EXPECT_NE(body_of(response).find("<HeaderValue />"), std::string::npos);
}

TEST(RenderError, MakesHeadersOfSomeFields) {
  const auto range = render_error(
      Error{ErrorCode::kInvalidRange}.with("Content-Range", "bytes */5"), kId, kNow, true);
  EXPECT_EQ(range.status, 416);
  EXPECT_EQ(range.headers.get("Content-Range"), "bytes */5");
  EXPECT_EQ(body_of(range).find("bytes"), std::string::npos);
  const auto challenge =
      render_error(Error{ErrorCode::kNoAuthenticationInformation}.with("WWW-Authenticate", "X"),
                   kId, kNow, true);
  EXPECT_EQ(challenge.headers.get("WWW-Authenticate"), "X");
  const auto busy =
      render_error(Error{ErrorCode::kServerBusy}.with("Retry-After", "3"), kId, kNow, true);
  EXPECT_EQ(busy.headers.get("Retry-After"), "3");
}

TEST(RenderError, HeadHasCodeAndNoBody) {
  const auto response = render_error(Error{ErrorCode::kBlobNotFound}, kId, kNow, false);
  EXPECT_EQ(response.headers.get("x-ms-error-code"), "BlobNotFound");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(response.body));
}

TEST(RenderError, NotModifiedNeverHasABody) {
  const auto response = render_error(Error{ErrorCode::kNotModified}, kId, kNow, true);
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.headers.get("x-ms-error-code"), "ConditionNotMet");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(response.body));
}

TEST(RenderError, DetailStaysInside) {
  const auto response =
      render_error(Error{ErrorCode::kInternalError, "disk sda failed"}, kId, kNow, true);
  EXPECT_EQ(body_of(response).find("sda"), std::string::npos);
}

TEST(RenderError, BusyAlwaysSaysWhenToComeBack) {
  const auto response = render_error(Error{ErrorCode::kServerBusy}, kId, kNow, true);
  EXPECT_EQ(response.headers.get("Retry-After"), "1");
  EXPECT_EQ(
      render_error(Error{ErrorCode::kInternalError}, kId, kNow, true).headers.find("Retry-After"),
      nullptr);
}

}  // namespace
}  // namespace lapis::azure
