#include "lapis/blob/conditions.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace lapis::blob {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kSecond{seconds(1'700'000'000)};
// Modified within that second: a client that sends the date back must find it unmodified.
constexpr Timestamp kModified = kSecond + milliseconds(900);
const ConditionTarget kTarget{Etag{0xABC}, kModified};
const std::string kTag = Etag{0xABC}.text();

EtagCondition any() { return {true, {}}; }
EtagCondition tags(std::vector<std::string> list) { return {false, std::move(list)}; }

struct Given {
  std::optional<EtagCondition> match = {};
  std::optional<EtagCondition> none_match = {};
  std::optional<Timestamp> modified_since = {};
  std::optional<Timestamp> unmodified_since = {};
  Conditions conditions() const { return {match, none_match, modified_since, unmodified_since}; }
};

struct Case {
  std::string name;
  Given given;
  std::optional<ErrorCode> error;  // none: satisfied
};

std::string outcome(const Result<void>& result) {
  return result ? "ok"
                : std::string(info(result.error().code).azure_code) + " " +
                      std::to_string(info(result.error().code).http_status);
}

std::string expected(const std::optional<ErrorCode>& error) {
  return error ? outcome(fail(*error)) : "ok";
}

const Timestamp kBefore = kSecond - seconds(1);
const Timestamp kAfter = kSecond + seconds(1);
const Timestamp kFuture = kSecond + seconds(1'000'000'000);

TEST(ReadConditions, FollowTheTables) {
  const auto k304 = ErrorCode::kNotModified;
  const auto k412 = ErrorCode::kConditionNotMet;
  const Case cases[] = {
      {"None", {}, {}},
      {"MatchSame", {.match = tags({kTag})}, {}},
      {"MatchAny", {.match = any()}, {}},
      {"MatchOther", {.match = tags({"0x8D1"})}, k412},
      {"MatchOneOfAList", {.match = tags({"0x8D1", kTag})}, {}},
      {"MatchNoneOfAList", {.match = tags({"0x8D1", "W/" + kTag})}, k412},
      {"NoneMatchSame", {.none_match = tags({kTag})}, k304},
      {"NoneMatchOther", {.none_match = tags({"0x8D1"})}, {}},
      {"NoneMatchOneOfAList", {.none_match = tags({"0x8D1", kTag})}, k304},
      {"NoneMatchAny", {.none_match = any()}, ErrorCode::kUnsatisfiableCondition},
      {"ModifiedSinceEarlier", {.modified_since = kBefore}, {}},
      {"ModifiedSinceTheSameSecond", {.modified_since = kSecond}, k304},
      {"ModifiedSinceTheFuture", {.modified_since = kFuture}, k304},
      {"UnmodifiedSinceEarlier", {.unmodified_since = kBefore}, k412},
      {"UnmodifiedSinceTheSameSecond", {.unmodified_since = kSecond}, {}},
      {"UnmodifiedSinceTheFuture", {.unmodified_since = kFuture}, {}},
      {"TagDiffersDateDoesNot", {.none_match = tags({"0x8D1"}), .modified_since = kAfter}, {}},
      {"DateDiffersTagDoesNot", {.none_match = tags({kTag}), .modified_since = kBefore}, {}},
      {"NeitherDiffers", {.none_match = tags({kTag}), .modified_since = kAfter}, k304},
      {"BothMustHold", {.match = tags({kTag}), .unmodified_since = kBefore}, k412},
      {"BothHold", {.match = tags({kTag}), .unmodified_since = kSecond}, {}},
      {"FailureBeatsNotModified", {.match = tags({"x"}), .none_match = tags({kTag})}, k412},
      {"DateFailureBeatsNotModified",
       {.none_match = tags({kTag}), .unmodified_since = kBefore},
       k412},
      {"MatchAndNotModified", {.match = tags({kTag}), .none_match = tags({kTag})}, k304},
      {"AllFour",
       {.match = any(),
        .none_match = tags({"x"}),
        .modified_since = kAfter,
        .unmodified_since = kAfter},
       {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(outcome(check_read(c.given.conditions(), kTarget)), expected(c.error)) << c.name;
  }
}

TEST(SingleReadConditions, TakeWhatWritesTakeAndFailAsReads) {
  const auto k304 = ErrorCode::kNotModified;
  const auto k412 = ErrorCode::kConditionNotMet;
  const auto kMany = ErrorCode::kMultipleConditionHeadersNotSupported;
  const Case cases[] = {
      {"None", {}, {}},
      {"MatchOther", {.match = tags({"x"})}, k412},
      {"NoneMatchSame", {.none_match = tags({kTag})}, k304},
      {"NoneMatchAny", {.none_match = any()}, ErrorCode::kUnsatisfiableCondition},
      {"ModifiedSinceTheSameSecond", {.modified_since = kSecond}, k304},
      {"UnmodifiedSinceEarlier", {.unmodified_since = kBefore}, k412},
      {"TheTagDecides", {.none_match = tags({"x"}), .modified_since = kAfter}, {}},
      {"TheTagDecidesAgainst", {.none_match = tags({kTag}), .modified_since = kBefore}, k304},
      {"MatchDecides", {.match = tags({kTag}), .unmodified_since = kBefore}, {}},
      {"MatchDecidesAgainst", {.match = tags({"x"}), .unmodified_since = kAfter}, k412},
      {"BothTags", {.match = any(), .none_match = tags({"x"})}, kMany},
      {"AList", {.match = tags({"x", kTag})}, kMany},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(outcome(check_single_read(c.given.conditions(), kTarget)), expected(c.error))
        << c.name;
  }
}

TEST(WriteConditions, FollowTheTablesOnAnExistingBlob) {
  const auto k412 = ErrorCode::kConditionNotMet;
  const auto kMany = ErrorCode::kMultipleConditionHeadersNotSupported;
  const Case cases[] = {
      {"None", {}, {}},
      {"MatchSame", {.match = tags({kTag})}, {}},
      {"MatchAny", {.match = any()}, {}},
      {"MatchOther", {.match = tags({"x"})}, k412},
      {"MatchList", {.match = tags({"x", kTag})}, kMany},
      {"NoneMatchSame", {.none_match = tags({kTag})}, k412},
      {"NoneMatchOther", {.none_match = tags({"x"})}, {}},
      {"NoneMatchList", {.none_match = tags({"x", "y"})}, kMany},
      {"NoneMatchAny", {.none_match = any()}, ErrorCode::kBlobAlreadyExists},
      {"ModifiedSinceEarlier", {.modified_since = kBefore}, {}},
      {"ModifiedSinceTheSameSecond", {.modified_since = kSecond}, k412},
      {"ModifiedSinceTheFuture", {.modified_since = kFuture}, k412},
      {"UnmodifiedSinceEarlier", {.unmodified_since = kBefore}, k412},
      {"UnmodifiedSinceTheSameSecond", {.unmodified_since = kSecond}, {}},
      {"TheTagDecides", {.none_match = tags({"x"}), .modified_since = kAfter}, {}},
      {"TheTagDecidesAgainst", {.none_match = tags({kTag}), .modified_since = kBefore}, k412},
      {"MatchDecides", {.match = tags({kTag}), .unmodified_since = kBefore}, {}},
      {"MatchDecidesAgainst", {.match = tags({"x"}), .unmodified_since = kAfter}, k412},
      {"BothTags", {.match = any(), .none_match = tags({"x"})}, kMany},
      {"BothDates", {.modified_since = kBefore, .unmodified_since = kAfter}, kMany},
      {"MatchAndModifiedSince", {.match = any(), .modified_since = kBefore}, kMany},
      {"NoneMatchAndUnmodifiedSince",
       {.none_match = tags({"x"}), .unmodified_since = kAfter},
       kMany},
      {"Three", {.match = any(), .modified_since = kBefore, .unmodified_since = kAfter}, kMany},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(outcome(check_write(c.given.conditions(), &kTarget, true)), expected(c.error))
        << c.name;
  }
}

TEST(WriteConditions, OnAMissingBlobOnlyIfMatchFails) {
  const auto k412 = ErrorCode::kConditionNotMet;
  const Case cases[] = {
      {"None", {}, {}},
      {"Match", {.match = tags({kTag})}, k412},
      {"MatchAny", {.match = any()}, k412},
      {"NoneMatch", {.none_match = tags({kTag})}, {}},
      {"NoneMatchAny", {.none_match = any()}, {}},
      {"ModifiedSince", {.modified_since = kFuture}, {}},
      {"UnmodifiedSince", {.unmodified_since = kBefore}, {}},
      {"MatchAndUnmodifiedSince", {.match = any(), .unmodified_since = kAfter}, k412},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(outcome(check_write(c.given.conditions(), nullptr, true)), expected(c.error))
        << c.name;
  }
}

TEST(WriteConditions, NoneMatchAnyIsAnUnmetConditionWhereNothingIsCreated) {
  const Given given{.none_match = any()};
  EXPECT_EQ(outcome(check_write(given.conditions(), &kTarget, false)), "ConditionNotMet 412");
}

// 412 whatever the operation, and before 304; after what a write's other conditions say.
TEST(Conditions, TagsAreHeldBesideTheOthers) {
  const Tags has{{"k", "1"}};
  const ConditionTarget tagged{kTarget.etag, kTarget.last_modified, &has};
  const auto asks = [](const char* value) {
    Conditions conditions;
    conditions.if_tags = TagExpression{{TagComparison{"k", TagOperator::kEqual, value}}};
    return conditions;
  };
  const auto code = [](const Result<void>& result) {
    return result ? std::optional<ErrorCode>() : result.error().code;
  };
  EXPECT_FALSE(code(check_read(asks("1"), tagged)));
  EXPECT_FALSE(code(check_single_read(asks("1"), tagged)));
  EXPECT_FALSE(code(check_write(asks("1"), &tagged, false)));
  EXPECT_EQ(code(check_read(asks("2"), tagged)), ErrorCode::kConditionNotMet);
  EXPECT_EQ(code(check_write(asks("2"), &tagged, true)), ErrorCode::kConditionNotMet);
  EXPECT_EQ(code(check_read(asks("1"), kTarget)), ErrorCode::kConditionNotMet);
  EXPECT_EQ(code(check_write(asks("1"), nullptr, true)), ErrorCode::kConditionNotMet);
  Conditions both = asks("2");
  both.if_none_match = tags({tagged.etag.text()});
  EXPECT_EQ(code(check_read(both, tagged)), ErrorCode::kConditionNotMet);
  both = asks("1");
  both.if_none_match = tags({tagged.etag.text()});
  EXPECT_EQ(code(check_read(both, tagged)), ErrorCode::kNotModified);
  both = asks("2");
  both.if_none_match = EtagCondition{true, {}};
  EXPECT_EQ(code(check_write(both, &tagged, true)), ErrorCode::kBlobAlreadyExists);
  EXPECT_FALSE(asks("1").empty());
}

}  // namespace
}  // namespace lapis::blob
