#include "lapis/blob/ops/snapshot_blob.h"

#include <gtest/gtest.h>

#include "blob/keys.h"
#include "blob/records.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

class SnapshotBlobTest : public testing::Test {
 protected:
  Result<SnapshotBlobResult> take(const std::string& name) {
    return harness_.run(snapshot_blob(harness_.service, {key_of(name), {}, {}, {}}));
  }
  Result<BlobProperties> properties(const std::string& name,
                                    std::optional<Timestamp> snapshot = std::nullopt) {
    GetBlobProperties request;
    request.key = key_of(name);
    request.key.snapshot = snapshot;
    LAPIS_TRY(const auto result, harness_.run(get_blob_properties(harness_.service, request)));
    return *result.properties;
  }
  Result<DeleteBlobResult> erase(const std::string& name, SnapshotDeletion snapshots,
                                 std::optional<Timestamp> snapshot = std::nullopt) {
    DeleteBlob request;
    request.key = key_of(name);
    request.key.snapshot = snapshot;
    request.snapshots = snapshots;
    return harness_.run(delete_blob(harness_.service, request));
  }
  ErrorCode error_of(const auto& result) {
    return result ? ErrorCode::kInternalError : result.error().code;
  }

  BlobHarness harness_;
};

TEST_F(SnapshotBlobTest, KeepsWhatTheBlobWas) {
  for (const std::string& content : {std::string(), std::string("short"), pattern(250, 1)}) {
    SCOPED_TRACE(content.size());
    ASSERT_TRUE(harness_.put("b", content));
    const BlobProperties before = properties("b").value();
    const auto taken = take("b");
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->etag, before.etag);
    EXPECT_EQ(taken->last_modified, before.last_modified);
    EXPECT_EQ(properties("b")->etag, before.etag);
    ASSERT_TRUE(harness_.put("b", "other"));
    EXPECT_EQ(harness_.get_snapshot("b", taken->snapshot), content);
    EXPECT_EQ(properties("b", taken->snapshot)->etag, before.etag);
    EXPECT_EQ(harness_.get("b"), "other");
    ASSERT_TRUE(erase("b", SnapshotDeletion::kInclude));
  }
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
}

TEST_F(SnapshotBlobTest, NamesNeverRepeatAndGrowThoughTheClockStandsStill) {
  ASSERT_TRUE(harness_.put("b", "short"));
  const Timestamp first = take("b")->snapshot;
  const Timestamp second = take("b")->snapshot;
  EXPECT_GT(second, first);
  ASSERT_TRUE(erase("b", SnapshotDeletion::kNone, second));
  EXPECT_GT(take("b")->snapshot, second);
  ASSERT_TRUE(harness_.put("b", "over it"));
  harness_.clock.advance(-std::chrono::hours(1));
  EXPECT_GT(take("b")->snapshot, second);
}

TEST_F(SnapshotBlobTest, MetadataOfItsOwnMakesAnotherTag) {
  PutBlob request;
  request.key = key_of("b");
  request.metadata = {{"of", "blob"}};
  ASSERT_TRUE(harness_.put(request, "text"));
  const BlobProperties blob = properties("b").value();
  const auto taken = harness_.run(
      snapshot_blob(harness_.service, {key_of("b"), Metadata{{"of", "snapshot"}}, {}, {}}));
  ASSERT_TRUE(taken);
  EXPECT_NE(taken->etag, blob.etag);
  EXPECT_EQ(properties("b", taken->snapshot)->metadata, (Metadata{{"of", "snapshot"}}));
  EXPECT_EQ(properties("b", taken->snapshot)->etag, taken->etag);
  EXPECT_EQ(properties("b")->metadata, blob.metadata);
  EXPECT_EQ(properties("b")->etag, blob.etag);
}

TEST_F(SnapshotBlobTest, ChangesOfTheBlobLeaveItAlone) {
  ASSERT_TRUE(harness_.put("b", pattern(250, 1)));
  const Timestamp time = take("b")->snapshot;
  const BlobProperties before = properties("b", time).value();
  ASSERT_TRUE(harness_.run(
      set_blob_metadata(harness_.service, {key_of("b"), Metadata{{"k", "v"}}, {}, {}})));
  ASSERT_TRUE(harness_.run(set_blob_tier(harness_.service, {key_of("b"), AccessTier::kCool, {}})));
  EXPECT_EQ(properties("b", time)->metadata, before.metadata);
  EXPECT_EQ(properties("b", time)->tier, AccessTier::kHot);
  BlobKey snapshot = key_of("b");
  snapshot.snapshot = time;
  ASSERT_TRUE(harness_.run(set_blob_tier(harness_.service, {snapshot, AccessTier::kCold, {}})));
  EXPECT_EQ(properties("b", time)->tier, AccessTier::kCold);
  EXPECT_EQ(properties("b")->tier, AccessTier::kCool);
}

// What a delete does, by what it says of snapshots and whether there are any.
TEST_F(SnapshotBlobTest, DeletionTable) {
  struct Case {
    bool has_snapshot;
    SnapshotDeletion asked;
    std::optional<ErrorCode> error;
    bool blob_stays;
    bool snapshot_stays;
  };
  const Case cases[] = {
      {false, SnapshotDeletion::kNone, {}, false, false},
      {false, SnapshotDeletion::kInclude, {}, false, false},
      {false, SnapshotDeletion::kOnly, {}, true, false},
      {true, SnapshotDeletion::kNone, ErrorCode::kSnapshotsPresent, true, true},
      {true, SnapshotDeletion::kInclude, {}, false, false},
      {true, SnapshotDeletion::kOnly, {}, true, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.has_snapshot << static_cast<int>(c.asked));
    ASSERT_TRUE(harness_.put("b", pattern(250, 1)));
    Timestamp time{Ticks(1)};
    if (c.has_snapshot) time = take("b")->snapshot;
    const auto result = erase("b", c.asked);
    EXPECT_EQ(result.has_value(), !c.error);
    if (c.error) EXPECT_EQ(error_of(result), *c.error);
    EXPECT_EQ(harness_.get("b").has_value(), c.blob_stays);
    EXPECT_EQ(harness_.get_snapshot("b", time).has_value(), c.snapshot_stays);
    if (c.blob_stays) ASSERT_TRUE(erase("b", SnapshotDeletion::kInclude));
  }
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kSharedBody), 0u);
}

TEST_F(SnapshotBlobTest, OfWhatIsNotThere) {
  EXPECT_EQ(error_of(take("none")), ErrorCode::kBlobNotFound);
  ASSERT_TRUE(harness_.stage("staged", "QUFB", "bytes"));
  EXPECT_EQ(error_of(take("staged")), ErrorCode::kBlobNotFound);
  ASSERT_TRUE(harness_.put("b", "text"));
  const Timestamp never{Ticks(5)};
  EXPECT_EQ(error_of(harness_.get_snapshot("b", never)), ErrorCode::kBlobNotFound);
  EXPECT_EQ(error_of(erase("b", SnapshotDeletion::kNone, never)), ErrorCode::kBlobNotFound);
}

TEST_F(SnapshotBlobTest, HoldsConditionsAgainstTheBlob) {
  ASSERT_TRUE(harness_.put("b", "text"));
  SnapshotBlob request;
  request.key = key_of("b");
  request.conditions.if_match = EtagCondition{false, {"0x0"}};
  EXPECT_EQ(error_of(harness_.run(snapshot_blob(harness_.service, request))),
            ErrorCode::kConditionNotMet);
  request.conditions.if_match = EtagCondition{false, {properties("b")->etag.text()}};
  EXPECT_TRUE(harness_.run(snapshot_blob(harness_.service, request)));
}

TEST_F(SnapshotBlobTest, CostsTheSameWhateverTheSize) {
  std::vector<std::string> ids;
  for (int i = 0; i < 2'000; ++i) {
    ids.push_back("B" + std::to_string(10'000 + i));
    ASSERT_TRUE(harness_.stage("b", ids.back(), pattern(20, static_cast<std::uint64_t>(i))));
  }
  ASSERT_TRUE(harness_.commit("b", latest(ids)));
  const auto before = harness_.rows.rows();
  const auto taken = take("b");
  ASSERT_TRUE(taken);
  std::size_t written = 0;
  std::size_t bytes = 0;
  for (const auto& [key, value] : harness_.rows.rows()) {
    const auto was = before.find(key);
    if (was != before.end() && was->second == value) continue;
    ++written;
    bytes += key.size() + value.size();
  }
  EXPECT_LE(written, 4u);  // the blob, its snapshot, how many share its body, the last id
  EXPECT_LT(bytes, 2'000u);
  EXPECT_EQ(harness_.get_snapshot("b", taken->snapshot).value(), harness_.get("b").value());
}

}  // namespace
}  // namespace lapis::blob
