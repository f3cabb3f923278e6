#include "http/head_parser.h"

#include <gtest/gtest.h>

#include <random>

namespace lapis::http {
namespace {

using std::string_view_literals::operator""sv;

Result<Request> parse(std::string_view head) {
  LAPIS_TRY(const CheckedHead checked, head_check(head, HeadLimits{}));
  Request request;
  LAPIS_TRY_VOID(parse_head(head, checked, request));
  return request;
}

constexpr std::string_view kPut =
    "PUT /c/b?comp=block HTTP/1.1\r\nHost: a.example\r\nContent-Length: 7\r\n"
    "x-ms-meta-A: \t one two \r\nx-ms-meta-a: three\r\nEmpty:\r\n\r\n";

TEST(ParseHead, FillsTheRequest) {
  const auto request = parse(kPut);
  ASSERT_TRUE(request.has_value()) << to_string(request.error());
  EXPECT_EQ(request->method, Method::kPut);
  EXPECT_EQ(request->method_text, "PUT");
  EXPECT_EQ(request->target, "/c/b?comp=block");
  EXPECT_EQ(request->content_length, 7u);
  EXPECT_FALSE(request->chunked);
  EXPECT_EQ(request->host(), "a.example");
}

TEST(ParseHead, KeepsEveryFieldInOrderWithoutOuterBlanks) {
  const auto request = parse(kPut);
  ASSERT_TRUE(request.has_value());
  const auto fields = request->headers.all();
  ASSERT_EQ(fields.size(), 5u);
  EXPECT_EQ(fields[2].name, "x-ms-meta-A");
  EXPECT_EQ(fields[2].value, "one two");
  EXPECT_EQ(fields[3].value, "three");
  EXPECT_EQ(fields[4].value, "");
}

TEST(ParseHead, LeavesNothingOfTheRequestBefore) {
  Request request;
  for (const std::string_view head :
       {kPut, std::string_view("BREW /x HTTP/1.1\r\nHost: b\r\n\r\n")}) {
    const auto checked = head_check(head, HeadLimits{});
    ASSERT_TRUE(checked.has_value());
    ASSERT_TRUE(parse_head(head, *checked, request).has_value());
  }
  EXPECT_EQ(request.method, Method::kOther);
  EXPECT_EQ(request.method_text, "BREW");
  EXPECT_EQ(request.target, "/x");
  EXPECT_FALSE(request.content_length.has_value());
  EXPECT_EQ(request.headers.all().size(), 1u);
}

// The two readings agree on whatever the check lets through: a head mutated at random is refused or
// parsed, and what is parsed has the framing that was checked.
TEST(ParseHead, NeverReadsAMutatedHeadOtherwiseThanTheCheck) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kBytes = "\r\n\t :,;0159+-xAchunked\0\x7f\xff"sv;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string head(kPut);
    for (unsigned n = random() % 3 + 1; n != 0; --n) {
      const std::size_t at = random() % head.size();
      const char byte = kBytes[random() % kBytes.size()];
      if (random() % 2 == 0) {
        head[at] = byte;
      } else {
        head.insert(at, 1, byte);
      }
    }
    const auto checked = head_check(head, HeadLimits{});
    if (!checked) continue;
    ++accepted;
    Request request;
    if (!parse_head(head, *checked, request)) continue;
    EXPECT_EQ(request.content_length, checked->content_length);
    EXPECT_EQ(request.headers.count("Content-Length"), checked->content_length ? 1u : 0u) << head;
    EXPECT_LE(request.headers.count("Host"), 1u) << head;
    EXPECT_TRUE(checked->http_1_0 || request.headers.find("Host")) << head;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace lapis::http
