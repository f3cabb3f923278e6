// Deleting a blob with many snapshots: in transactions of bounded size, of which the last sees that
// none is left.
#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"
#include "support/past_findings.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;

class DeleteSnapshots : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(harness_.put("b", test::pattern(200, 1)));
    if (!GetParam()) return;
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{7, false}};
    ASSERT_TRUE(harness_.run(set_blob_service_properties(harness_.service, {"acct", change})));
  }

  void take(int snapshots) {
    for (int i = 0; i < snapshots; ++i) {
      ASSERT_TRUE(harness_.run(snapshot_blob(harness_.service, {key_of("b"), {}, {}, {}})));
    }
  }
  Result<DeleteBlobResult> erase(SnapshotDeletion snapshots) {
    DeleteBlob request;
    request.key = key_of("b");
    request.snapshots = snapshots;
    return harness_.run(delete_blob(harness_.service, std::move(request)));
  }
  // Snapshots that a client sees; nothing where there is no blob.
  std::optional<std::uint32_t> left() {
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto name = parse_name_key(key);
      if (name && name->row == NameRow::kBlob) return decode_properties(value)->snapshots;
    }
    return std::nullopt;
  }
  void expect_sound() { EXPECT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{}); }

  BlobHarness harness_;
};

INSTANTIATE_TEST_SUITE_P(Keeping, DeleteSnapshots, testing::Bool(), [](const auto& p) {
  return std::string(p.param ? "SoftDelete" : "Plain");
});

TEST_P(DeleteSnapshots, GoInBoundedTransactions) {
  take(600);
  const std::uint64_t before = harness_.meta.counts.transactions;
  const auto gone = erase(SnapshotDeletion::kInclude);
  ASSERT_TRUE(gone) << to_string(gone.error());
  EXPECT_EQ(gone->is_permanent, !GetParam());
  EXPECT_EQ(harness_.meta.counts.transactions - before, 4u)
      << "the first finds that there are some";
  EXPECT_EQ(left(), std::nullopt);
  expect_sound();
}

TEST_P(DeleteSnapshots, AFewGoWithTheBlobAtOnce) {
  take(256);
  const std::uint64_t before = harness_.meta.counts.transactions;
  ASSERT_TRUE(erase(SnapshotDeletion::kInclude));
  EXPECT_EQ(harness_.meta.counts.transactions - before, 2u);
  EXPECT_EQ(left(), std::nullopt);
}

TEST_P(DeleteSnapshots, AloneTheyLeaveTheBlob) {
  take(600);
  const auto gone = erase(SnapshotDeletion::kOnly);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->is_permanent, !GetParam());
  EXPECT_EQ(left(), 0u);
  expect_sound();
}

TEST_P(DeleteSnapshots, WhatEndsItLeavesTheBlobWithTheRest) {
  take(600);
  harness_.rows.fail_commit(2, Error{ErrorCode::kInternalError, "planned"});
  ASSERT_FALSE(erase(SnapshotDeletion::kInclude));
  EXPECT_EQ(left(), 600u - 256u);
  expect_sound();
  ASSERT_TRUE(erase(SnapshotDeletion::kInclude));
  EXPECT_EQ(left(), std::nullopt);
  expect_sound();
}

TEST_P(DeleteSnapshots, GoFewAtATimeWhileTheDiskIsNearlyFull) {
  PutBlob request;
  request.key = key_of("b");
  request.metadata = {{"k", std::string(8000, 'x')}};
  ASSERT_TRUE(harness_.put(std::move(request), test::pattern(200, 1)));
  take(100);
  harness_.rows.set_room(storage::Room::kForSmall);
  const auto gone = erase(SnapshotDeletion::kInclude);
  EXPECT_TRUE(gone) << to_string(gone.error());
  EXPECT_EQ(left(), std::nullopt);
  expect_sound();
}

// One that is taken while it goes on, before each of the transactions.
TEST_P(DeleteSnapshots, NoneThatIsTakenMeanwhileIsLeft) {
  for (int at = 1; at <= 4; ++at) {
    ASSERT_TRUE(harness_.put("b", test::pattern(200, 1)));
    take(600);
    int transactions = 0;
    const std::function<io::Task<void>()> step_in = [&]() -> io::Task<void> {
      if (++transactions == at) {
        LAPIS_CHECK(co_await snapshot_blob(harness_.service, {key_of("b"), {}, {}, {}}));
      }
      if (transactions < at) harness_.meta.before_transaction = step_in;
    };
    harness_.meta.before_transaction = step_in;
    const auto gone = erase(SnapshotDeletion::kInclude);
    ASSERT_TRUE(gone) << to_string(gone.error());
    EXPECT_EQ(left(), std::nullopt) << "taken before transaction " << at;
    expect_sound();
  }
}

TEST_P(DeleteSnapshots, ThoseThatKeepBeingTakenEndIt) {
  take(3);
  const std::function<io::Task<void>()> step_in = [&]() -> io::Task<void> {
    LAPIS_CHECK(co_await snapshot_blob(harness_.service, {key_of("b"), {}, {}, {}}));
    harness_.meta.before_transaction = step_in;
  };
  harness_.meta.before_transaction = step_in;
  const auto busy = erase(SnapshotDeletion::kInclude);
  harness_.meta.before_transaction = nullptr;
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, ErrorCode::kServerBusy);
  EXPECT_GT(left(), 3u);
  expect_sound();
}

}  // namespace
}  // namespace lapis::blob
