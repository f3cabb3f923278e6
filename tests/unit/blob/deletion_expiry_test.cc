// What ends soft-deleted blobs goes on whatever stands in its way: a metadata disk that is nearly
// full, rows that cannot be read, a store that takes no writes, a server that stops.
#include "blob/deletion_expiry.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/set_blob_service_properties.h"
#include "support/blob_harness.h"
#include "support/past_findings.h"

namespace lapis::blob {
namespace {

using storage::Room;
using storage::Table;
using test::BlobHarness;
using test::key_of;

class DeletionExpiry : public testing::Test {
 protected:
  void SetUp() override {
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{7, false}};
    ASSERT_TRUE(harness_.run(set_blob_service_properties(harness_.service, {"acct", change})));
  }

  // A blob whose row has about `bytes`.
  void put(const std::string& name, std::size_t bytes) {
    PutBlob request;
    request.key = key_of(name);
    request.metadata = {{"k", std::string(bytes, 'x')}};
    ASSERT_TRUE(harness_.put(std::move(request), "body"));
  }
  void put_and_delete(const std::string& name, std::size_t bytes) {
    put(name, bytes);
    ASSERT_TRUE(harness_.erase(name));
  }
  // `states` soft-deleted snapshots, and the blob.
  void put_over(const std::string& name, std::size_t bytes, int states) {
    for (int i = 0; i <= states; ++i) put(name, bytes);
  }

  void pass_a_week() { harness_.clock.advance(std::chrono::hours(24 * 7 + 1)); }
  std::size_t left() const { return harness_.rows_of(Table::kExpiry); }
  std::uint64_t transactions() const { return harness_.meta.counts.transactions; }

  void expect_all_ended() {
    EXPECT_EQ(left(), 0u);
    EXPECT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{});
  }

  BlobHarness harness_;
};

TEST_F(DeletionExpiry, GoesOnWhileTheDiskIsNearlyFull) {
  for (const Room room : {Room::kForSmall, Room::kForErasing}) {
    for (int i = 0; i < 100; ++i) put_and_delete("gone" + std::to_string(i), 6000);
    put_over("stays", 6000, 150);
    pass_a_week();
    harness_.rows.set_room(room);
    const auto ended = harness_.expire_deletions();
    harness_.rows.set_room(Room::kForAll);
    ASSERT_TRUE(ended) << to_string(ended.error());
    EXPECT_EQ(ended->expired_deletions, 250u);
    expect_all_ended();
    ASSERT_TRUE(harness_.erase("stays"));
    pass_a_week();
    ASSERT_TRUE(harness_.expire_deletions());
  }
}

TEST_F(DeletionExpiry, WritesTheRowThatCountsOnceForAllOfAName) {
  put_over("a", 4000, 64);
  pass_a_week();
  harness_.rows.set_room(Room::kForSmall);
  const std::uint64_t before = transactions();
  ASSERT_TRUE(harness_.expire_deletions());
  EXPECT_EQ(transactions() - before, 1u) << "64 such rows would not fit into one";
  expect_all_ended();
}

TEST_F(DeletionExpiry, WhatIsRefusedAloneDoesNotKeepTheOthers) {
  for (int i = 0; i < 20; ++i) put_and_delete("a" + std::to_string(i), 100);
  put_over("large", 150'000, 1);
  for (int i = 0; i < 20; ++i) put_and_delete("b" + std::to_string(i), 100);
  pass_a_week();
  harness_.rows.set_room(Room::kForSmall);
  const auto refused = harness_.expire_deletions();
  ASSERT_FALSE(refused) << "the row is not mentioned";
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientStorage);
  EXPECT_EQ(left(), 1u);
  EXPECT_EQ(harness_.reclaimer.totals().expired_deletions, 40u);
  harness_.rows.set_room(Room::kForAll);
  ASSERT_TRUE(harness_.expire_deletions());
  expect_all_ended();
}

TEST_F(DeletionExpiry, EndsSoonWhereThereIsNoRoomForAny) {
  for (int i = 0; i < 600; ++i) put_and_delete("a" + std::to_string(i), 10);
  pass_a_week();
  harness_.rows.set_room(Room::kNone);
  const std::uint64_t before = transactions();
  const auto refused = harness_.expire_deletions();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientStorage);
  EXPECT_LT(transactions() - before, 50u);
  EXPECT_EQ(left(), 600u);
}

TEST_F(DeletionExpiry, AStoreThatTakesNoWritesIsTheError) {
  for (int i = 0; i < 100; ++i) put_and_delete("a" + std::to_string(i), 10);
  pass_a_week();
  harness_.rows.set_read_only(true);
  const std::uint64_t before = transactions();
  const auto failed = harness_.expire_deletions();
  ASSERT_FALSE(failed) << "nothing was ended";
  EXPECT_EQ(failed.error().code, ErrorCode::kInternalError);
  EXPECT_EQ(transactions() - before, 1u) << "each row was told of as unreadable";
  harness_.rows.set_read_only(false);
  harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
  EXPECT_FALSE(harness_.expire_deletions());
  ASSERT_TRUE(harness_.expire_deletions());
  expect_all_ended();
}

TEST_F(DeletionExpiry, ARowThatCannotBeReadDoesNotKeepTheOthers) {
  for (int i = 0; i < 100; ++i) put_and_delete("a" + std::to_string(i), 10);
  pass_a_week();
  std::string key;
  for (const auto& [row, value] : harness_.rows.rows()) {
    const auto name = parse_name_key(row);
    if (name && name->name == "a50") key = row;
  }
  auto damage = [&](storage::MetaView& view) -> Result<void> {
    view.put(key, "\xff\xff\xff");
    return {};
  };
  ASSERT_TRUE(harness_.run(harness_.rows.transact({}, std::move(damage))));
  const auto ended = harness_.expire_deletions();
  ASSERT_TRUE(ended) << to_string(ended.error());
  EXPECT_EQ(ended->expired_deletions, 99u);
  EXPECT_EQ(left(), 1u);
}

TEST_F(DeletionExpiry, StopsWhenItIsTold) {
  for (int i = 0; i < 100; ++i) put_and_delete("a" + std::to_string(i), 10);
  pass_a_week();
  harness_.meta.before_transaction = [this]() -> io::Task<void> {
    harness_.stopping = true;
    co_return;
  };
  const auto stopped = harness_.expire_deletions();
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->expired_deletions, 64u) << "the transaction that ran";
  ASSERT_TRUE(harness_.expire_deletions());
  EXPECT_EQ(left(), 36u);
}

// A client's own deletes go on as well.
struct Full {
  const char* name;
  bool soft, versions;
};
constexpr Full kFull[] = {{"Plain", false, false},
                          {"SoftDelete", true, false},
                          {"Versions", false, true},
                          {"Both", true, true}};

class DeleteWhileFull : public testing::TestWithParam<Full> {};
INSTANTIATE_TEST_SUITE_P(Regimes, DeleteWhileFull, testing::ValuesIn(kFull),
                         [](const auto& p) { return std::string(p.param.name); });

TEST_P(DeleteWhileFull, ABlobOfALargeRowGoes) {
  const auto features = std::make_shared<FeaturesByAccount>();
  (*features)["acct"].versioning = GetParam().versions;
  BlobHarness harness({.limits = {.inline_body_bytes = 4096}, .features = features});
  if (GetParam().soft) {
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{7, false}};
    ASSERT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
  }
  PutBlob request;
  request.key = key_of("a");
  request.metadata = {{"k", std::string(8000, 'x')}};
  ASSERT_TRUE(harness.put(request, test::pattern(4096, 1)));
  harness.rows.set_room(Room::kForErasing);
  const auto gone = harness.erase("a");
  EXPECT_TRUE(gone) << to_string(gone.error());
  EXPECT_EQ(harness.put("b", "x").error().code, ErrorCode::kInsufficientStorage);
}

}  // namespace
}  // namespace lapis::blob
