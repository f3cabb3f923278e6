#include "azure/request/multipart.h"

#include <gtest/gtest.h>

#include <string>

namespace lapis::azure {
namespace {

struct BoundaryCase {
  const char* content_type;
  const char* boundary;  // or the code of the error
};

TEST(Multipart, BoundaryOfAContentType) {
  const std::string long_one = "multipart/mixed; boundary=" + std::string(71, 'b');
  const BoundaryCase cases[] = {
      {"multipart/mixed; boundary=batch_1", "batch_1"},
      {"Multipart/Mixed;BOUNDARY = batch_1 ", "batch_1"},
      {"multipart/mixed; boundary=\"a;b\"", "InvalidHeaderValue"},
      {"multipart/mixed; boundary=\"ab\"", "ab"},
      {"multipart/mixed; charset=x; boundary=====1==", "====1=="},
      {"multipart/mixed", "InvalidHeaderValue"},
      {"multipart/mixed; boundary=", "InvalidHeaderValue"},
      {"multipart/mixed; boundary=\"\"", "InvalidHeaderValue"},
      {"multipart/mixed; boundary=a b", "InvalidHeaderValue"},
      {"multipart/mixed; boundary=a; boundary=a", "InvalidInput"},
      {"multipart/form-data; boundary=a", "InvalidHeaderValue"},
      {long_one.c_str(), "InvalidHeaderValue"},
  };
  for (const BoundaryCase& c : cases) {
    const auto boundary = multipart_boundary(c.content_type);
    if (boundary) {
      EXPECT_EQ(*boundary, c.boundary) << c.content_type;
    } else {
      EXPECT_EQ(info(boundary.error().code).azure_code, c.boundary) << c.content_type;
    }
  }
}

TEST(Multipart, PartsAreViewsOfTheBody) {
  const auto parts = split_multipart(
      "--b\r\nA: 1\r\nB:2 \r\n\r\nfirst\r\n--b \t\r\n\r\n--bb\r\nsecond\r\n\r\n--b--\r\n", "b", 9);
  ASSERT_TRUE(parts) << to_string(parts.error());
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].headers, "A: 1\r\nB:2 \r\n");
  EXPECT_EQ((*parts)[0].body, "first");
  EXPECT_EQ(*part_header((*parts)[0], "a"), "1");
  EXPECT_EQ(*part_header((*parts)[0], "B"), "2");
  EXPECT_EQ(*part_header((*parts)[0], "C"), "");
  EXPECT_EQ((*parts)[1].headers, "");
  EXPECT_EQ((*parts)[1].body, "--bb\r\nsecond\r\n");
}

TEST(Multipart, RefusesWhatHasTwoReadings) {
  const char* cases[] = {
      "",
      "--b--",
      "--b--\r\n",
      "--b",
      "--b\r\n",
      "text\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--",
      "--b\r\nA: 1\r\n\r\nx\r\n--b--\r\ntext",
      "--b\r\nA: 1\r\n\r\nx\r\n--b",
      "--b\r\nA: 1\r\n\r\nx\r\n",
      "--b\r\nA: 1\r\nx\r\n--b--",
      "--b\r\n--b--",
      "--b\nA: 1\n\nx\n--b--\n",
      "--b--\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--",
  };
  for (const char* body : cases) {
    const auto parts = split_multipart(body, "b", 9);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().code, ErrorCode::kInvalidInput) << body;
  }
}

TEST(Multipart, PartsAreBounded) {
  std::string body;
  for (int i = 0; i < 4; ++i) body += "--b\r\nA: 1\r\n\r\nx\r\n";
  body += "--b--\r\n";
  EXPECT_EQ(split_multipart(body, "b", 4)->size(), 4u);
  EXPECT_EQ(split_multipart(body, "b", 3).error().code, ErrorCode::kExceedsMaxBatchRequestCount);
}

TEST(Multipart, HeadersAreLines) {
  EXPECT_EQ(part_header({"A: 1\r\nno header\r\n", ""}, "A").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(part_header({"A: 1\r\na: 1\r\n", ""}, "A").error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace lapis::azure
