// What Delete Blob may expect of when the access tier was set.
#include <gtest/gtest.h>

#include "lapis/blob/ops/set_blob_tier.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using std::chrono::seconds;
using test::BlobHarness;
using test::key_of;

TEST(DeleteBlob, GoesByWhenTheTierWasSet) {
  struct Case {
    bool is_set;  // ten seconds after the blob was made
    std::optional<seconds> since, until;
    bool met;
  };
  for (const Case& c : {
           Case{false, seconds(-1), {}, true},
           Case{false, seconds(0), {}, false},
           Case{false, {}, seconds(0), true},
           Case{false, {}, seconds(-1), false},
           Case{true, seconds(9), {}, true},
           Case{true, seconds(10), {}, false},
           Case{true, {}, seconds(10), true},
           Case{true, {}, seconds(9), false},
           Case{true, seconds(9), seconds(10), true},
           Case{true, seconds(9), seconds(9), false},
           Case{true, seconds(10), seconds(10), false},
       }) {
    BlobHarness harness;
    ASSERT_TRUE(harness.put("a", "content"));
    const Timestamp made = std::chrono::floor<seconds>(harness.clock.now());
    harness.clock.advance(seconds(10));
    if (c.is_set) {
      ASSERT_TRUE(
          harness.run(set_blob_tier(harness.service, {key_of("a"), AccessTier::kCool, {}})));
    }
    DeleteBlob request;
    request.key = key_of("a");
    if (c.since) request.tier.if_modified_since = made + *c.since;
    if (c.until) request.tier.if_unmodified_since = made + *c.until;
    const auto deleted = harness.run(delete_blob(harness.service, request));
    EXPECT_EQ(deleted.has_value(), c.met);
    if (!deleted) EXPECT_EQ(deleted.error().code, ErrorCode::kConditionNotMet);
  }
}

TEST(DeleteBlob, HasNoTierWhereBlocksAreStagedOnly) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "QQ==", "content"));
  DeleteBlob request;
  request.key = key_of("a");
  request.tier.if_modified_since = Timestamp{};
  const auto deleted = harness.run(delete_blob(harness.service, request));
  ASSERT_FALSE(deleted);
  EXPECT_EQ(deleted.error().code, ErrorCode::kConditionNotMet);
}

}  // namespace
}  // namespace lapis::blob
