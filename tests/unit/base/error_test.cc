#include "lapis/base/error.h"

#include <gtest/gtest.h>

#include "lapis/base/result.h"

namespace lapis {
namespace {

TEST(ToString, NamesTheCodeAndTheDetail) {
  EXPECT_EQ(to_string(Error{ErrorCode::kBlobNotFound, "acct/c/b"}), "BlobNotFound: acct/c/b");
}

TEST(ToString, LeavesOutAnEmptyDetail) {
  EXPECT_EQ(to_string(Error{ErrorCode::kBlobNotFound}), "BlobNotFound");
}

TEST(ErrorTable, EveryRowIsAnHttpErrorWithAName) {
  for (const ErrorInfo& row : kErrorInfo) {
    const bool is_answer =
        row.http_status == 304 || row.http_status / 100 == 4 || row.http_status / 100 == 5;
    EXPECT_TRUE(is_answer) << row.azure_code << ' ' << row.http_status;
    EXPECT_FALSE(row.azure_code.empty());
  }
}

TEST(ErrorTable, TextsFitOneLine) {
  for (const ErrorInfo& row : kErrorInfo) {
    EXPECT_EQ(row.text.find_first_of("\r\n"), row.text.npos) << row.azure_code;
  }
}

TEST(Error, WithAddsFieldsInOrder) {
  const Error error = Error{ErrorCode::kInvalidHeaderValue}
                          .with("HeaderName", "x-ms-version")
                          .with("HeaderValue", "1");
  ASSERT_EQ(error.fields.size(), 2U);
  EXPECT_EQ(error.fields[0].name, "HeaderName");
  EXPECT_EQ(error.fields[1].value, "1");
}

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorCode::kInvalidInput, "odd");
  return value / 2;
}

Result<> expect_even(int value) {
  LAPIS_TRY_VOID(half(value));
  return {};
}

Result<int> quarter(int value) {
  LAPIS_TRY(const int once, half(value));
  LAPIS_TRY(const int twice, half(once));
  return twice;
}

TEST(Try, NamesTheValue) { EXPECT_EQ(quarter(12), 3); }

TEST(Try, ReturnsTheErrorOfTheFirstThatFails) {
  const auto result = quarter(6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(result.error().detail, "odd");
}

TEST(Try, VoidFormPassesSuccessAndError) {
  EXPECT_TRUE(expect_even(2));
  EXPECT_FALSE(expect_even(3));
}

}  // namespace
}  // namespace lapis
