#include "lapis/azure/cors.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using blob::CorsRule;

const CorsRule kPages{{"http://a", "https://b:8080"},
                      {"GET", "PUT"},
                      {"x-ms-meta-*", "range"},
                      {"x-ms-*", "ETag"},
                      60};
const CorsRule kAnybody{{"*"}, {"GET", "HEAD"}, {"*"}, {"*"}, 0};
const CorsRule kDeleters{{"http://a"}, {"DELETE"}, {}, {}, 5};

std::string text(const http::Headers& headers) { return std::string(headers.lines()); }

struct ActualCase {
  const char* what;
  std::vector<CorsRule> rules;
  const char* method;
  const char* origin;
  const char* added;
};

TEST(Cors, WhatIsAddedToAnswers) {
  constexpr const char* kVary = "Vary: Origin\r\n";
  constexpr const char* kOfPages =
      "Vary: Origin\r\nAccess-Control-Allow-Origin: http://a\r\n"
      "Access-Control-Allow-Credentials: true\r\n"
      "Access-Control-Expose-Headers: ETag,x-ms-version\r\n";
  constexpr const char* kOfAnybody =
      "Access-Control-Allow-Origin: *\r\n"
      "Access-Control-Expose-Headers: ETag,x-ms-version,Content-Length,Date,Server\r\n";
  const ActualCase cases[] = {
      {"no rules", {}, "GET", "http://a", ""},
      {"exact", {kPages}, "GET", "http://a", kOfPages},
      {"another of the list",
       {kPages},
       "GET",
       "https://b:8080",
       "Vary: Origin\r\nAccess-Control-Allow-Origin: https://b:8080\r\n"
       "Access-Control-Allow-Credentials: true\r\n"
       "Access-Control-Expose-Headers: ETag,x-ms-version\r\n"},
      {"case counts", {kPages}, "GET", "http://A", kVary},
      {"another port", {kPages}, "GET", "https://b", kVary},
      {"no origin", {kPages}, "GET", "", kVary},
      {"another method", {kPages}, "HEAD", "http://a", kVary},
      {"not a read",
       {kPages},
       "PUT",
       "http://a",
       "Access-Control-Allow-Origin: http://a\r\nAccess-Control-Allow-Credentials: true\r\n"
       "Access-Control-Expose-Headers: ETag,x-ms-version\r\n"},
      {"not a read, no origin", {kPages}, "PUT", "", ""},
      {"not a read, none fits", {kPages}, "DELETE", "http://a", ""},
      {"nothing exposed",
       {kDeleters},
       "DELETE",
       "http://a",
       "Access-Control-Allow-Origin: http://a\r\nAccess-Control-Allow-Credentials: true\r\n"},
      {"anybody", {kAnybody}, "GET", "http://x", kOfAnybody},
      {"anybody, no origin", {kAnybody}, "HEAD", "", kOfAnybody},
      {"anybody, another method", {kAnybody}, "PUT", "http://x", ""},
      {"the first that fits", {kPages, kAnybody}, "GET", "http://a", kOfPages},
      {"the next where the first does not", {kPages, kAnybody}, "GET", "http://x", kOfAnybody},
  };
  for (const ActualCase& c : cases) {
    auto request = test::make_request(c.method, "/acct/box/b", {{"Origin", c.origin}});
    http::Headers answer;
    answer.add("ETag", "1");
    answer.add("x-ms-version", "2");
    const std::size_t before = answer.lines().size();
    add_cors_headers(c.rules, request, answer);
    EXPECT_EQ(text(answer).substr(before), c.added) << c.what;
  }
}

struct PreflightCase {
  const char* what;
  const char* origin;
  const char* method;
  const char* headers;
  const char* answer;  // its headers, or the code of the error
};

TEST(Cors, Preflight) {
  const CorsRule rules[] = {kPages, kDeleters, kAnybody};
  const PreflightCase cases[] = {
      {"exact", "http://a", "PUT", "",
       "Access-Control-Allow-Origin: http://a\r\nAccess-Control-Allow-Credentials: true\r\n"
       "Access-Control-Allow-Methods: PUT\r\nAccess-Control-Max-Age: 60\r\n"},
      {"headers", "http://a", "PUT", "X-MS-Meta-a, Range",
       "Access-Control-Allow-Origin: http://a\r\nAccess-Control-Allow-Credentials: true\r\n"
       "Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: X-MS-Meta-a, Range\r\n"
       "Access-Control-Max-Age: 60\r\n"},
      {"the second rule", "http://a", "DELETE", "",
       "Access-Control-Allow-Origin: http://a\r\nAccess-Control-Allow-Credentials: true\r\n"
       "Access-Control-Allow-Methods: DELETE\r\nAccess-Control-Max-Age: 5\r\n"},
      {"anybody", "http://x", "HEAD", "x-any",
       "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: HEAD\r\n"
       "Access-Control-Allow-Headers: x-any\r\nAccess-Control-Max-Age: 0\r\n"},
      // The first rule decides, although a later one would allow it.
      {"a header of the first rule", "http://a", "GET", "x-any", "CorsPreflightFailure"},
      {"no header is allowed", "http://a", "DELETE", "range", "CorsPreflightFailure"},
      {"no rule for the method", "http://x", "PUT", "", "CorsPreflightFailure"},
      {"methods are as they are written", "http://x", "get", "", "CorsPreflightFailure"},
      {"no origin", "", "GET", "", "MissingRequiredHeader"},
      {"no method", "http://a", "", "", "MissingRequiredHeader"},
  };
  for (const PreflightCase& c : cases) {
    const auto request = test::make_request("OPTIONS", "/acct/box/b",
                                            {{"Origin", c.origin},
                                             {"Access-Control-Request-Method", c.method},
                                             {"Access-Control-Request-Headers", c.headers}});
    const auto answer = answer_preflight(rules, request);
    if (answer) {
      EXPECT_EQ(text(answer->headers), c.answer) << c.what;
      EXPECT_EQ(answer->status, 200);
    } else {
      EXPECT_EQ(info(answer.error().code).azure_code, c.answer) << c.what;
    }
  }
  const auto request = test::make_request(
      "OPTIONS", "/acct", {{"Origin", "http://a"}, {"Access-Control-Request-Method", "GET"}});
  EXPECT_EQ(answer_preflight({}, request).error().code, ErrorCode::kCorsPreflightFailure);
}

}  // namespace
}  // namespace lapis::azure
