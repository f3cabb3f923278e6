// Times of last access on their way from a read to the row: nothing else changes, nothing is lost.
#include "lapis/blob/access_times.h"

#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/blob/ops/delete_blob.h"
#include "lapis/blob/ops/delete_container.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "unit/blob/access_account.h"

namespace lapis::blob {
namespace {

using namespace std::chrono_literals;
using Account = test::AccessAccount;
using test::BlobHarness;
using test::key_of;

TEST(AccessTimes, NothingElseOfTheRowChanges) {
  for (const int blocks : {0, 3, 40}) {
    Account account;
    account.keep_versions();
    std::string content = "short";
    if (blocks == 0) {
      PutBlob request;
      request.key = key_of("b");
      request.metadata = {{"k", "v"}};
      request.tags = {{"t", "u"}};
      ASSERT_TRUE(account.harness_.put(request, content));
    } else {
      content = account.harness_.commit_mixed("b", blocks);
    }
    const auto rows = account.harness_.rows.rows();
    const BlobProperties before = account.properties(key_of("b"));
    account.pass(30h);
    ASSERT_TRUE(account.read());
    EXPECT_EQ(account.write(), 1u);
    BlobProperties after = account.properties(key_of("b"));
    EXPECT_EQ(after.last_access, account.now());
    after.last_access = before.last_access;
    auto expected = account.harness_.rows.rows();
    for (auto& [key, row] : expected) {
      const auto name = parse_name_key(key);
      if (!name || name->row != NameRow::kBlob) continue;
      row = encode_blob(after, encoded_body_of(row).value());
    }
    EXPECT_EQ(expected, rows);
    EXPECT_EQ(account.harness_.get("b"), content);
  }
}

// A blob, read, and then something happens to it before the time is written.
struct Meanwhile {
  const char* name;
  bool (*run)(Account& account);
};

const Meanwhile kMeanwhile[] = {
    {"WrittenOver", [](Account& a) { return a.harness_.put("b", "new").has_value(); }},
    {"Deleted",
     [](Account& a) {
       return a.harness_.run(delete_blob(a.harness_.service, {key_of("b"), {}, {}})).has_value();
     }},
    {"DeletedAndMadeAnew",
     [](Account& a) {
       return a.harness_.run(delete_blob(a.harness_.service, {key_of("b"), {}, {}})) &&
              a.harness_.put("b", "new");
     }},
    {"ItsMetadataSet",
     [](Account& a) {
       return a.harness_
           .run(set_blob_metadata(a.harness_.service, {key_of("b"), {{"k", "v"}}, {}, {}}))
           .has_value();
     }},
    {"ItsContainerDeleted",
     [](Account& a) {
       return a.harness_.run(delete_container(a.harness_.service, {{"acct", "box"}, {}, {}}))
           .has_value();
     }},
    {"WrittenByAnother",
     [](Account& a) {
       const auto queued = a.queue_->take();
       for (const auto& [state, at] : queued) a.queue_->note(state, at);
       const bool wrote = a.write() == 1;
       for (const auto& [state, at] : queued) a.queue_->note(state, at);
       return wrote;
     }},
};

class AccessTimesMeanwhile : public testing::TestWithParam<Meanwhile> {};

TEST_P(AccessTimesMeanwhile, NothingOfWhatHappenedIsLost) {
  Account account;
  ASSERT_TRUE(account.harness_.put("b", "old"));
  account.pass(25h);
  ASSERT_TRUE(account.read());
  account.pass(1s);
  ASSERT_TRUE(GetParam().run(account));
  const auto rows = account.harness_.rows.rows();
  EXPECT_EQ(account.write(), 0u);
  EXPECT_EQ(account.harness_.rows.rows(), rows);
  EXPECT_TRUE(account.queue_->take().empty());
}

INSTANTIATE_TEST_SUITE_P(Changes, AccessTimesMeanwhile, testing::ValuesIn(kMeanwhile),
                         [](const auto& tested) { return tested.param.name; });

TEST(AccessTimes, ChangesThatKeepTheEtagAreNotLost) {
  Account account;
  ASSERT_TRUE(account.harness_.put("b", "old"));
  account.pass(25h);
  ASSERT_TRUE(account.read());
  BlobHarness& harness = account.harness_;
  ASSERT_TRUE(harness.run(set_blob_tier(harness.service, {key_of("b"), AccessTier::kCool, {}})));
  ASSERT_TRUE(harness.run(set_blob_tags(harness.service, {key_of("b"), {{"k", "v"}}, {}, {}})));
  ASSERT_TRUE(harness.run(lease_blob(
      harness.service, {key_of("b"), {LeaseAction::Kind::kAcquire, {}, {}, {}, {}}, {}})));
  EXPECT_EQ(account.write(), 1u);
  const BlobProperties found = account.properties(key_of("b"));
  EXPECT_EQ(found.last_access, account.now());
  EXPECT_EQ(found.tier, AccessTier::kCool);
  EXPECT_EQ(found.tags, (Tags{{"k", "v"}}));
  EXPECT_TRUE(found.lease);
}

TEST(AccessTimes, ManyAreWrittenInTransactionsOfSome) {
  Account account;
  BlobHarness& harness = account.harness_;
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(harness.put("b" + std::to_string(i), "x"));
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "crate"}, {}})));
  PutBlob elsewhere;
  elsewhere.key = {"acct", "crate", "b"};
  ASSERT_TRUE(harness.put(elsewhere, "x"));
  account.pass(25h);
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(account.read(key_of("b" + std::to_string(i))));
  ASSERT_TRUE(account.read({"acct", "crate", "b"}));
  const auto transactions = harness.meta.counts.transactions;
  EXPECT_EQ(account.write(), 151u);
  EXPECT_EQ(harness.meta.counts.transactions - transactions, 4u);
  EXPECT_EQ(account.told(key_of("b149")), account.now());
  EXPECT_EQ(account.told({"acct", "crate", "b"}), account.now());
  EXPECT_EQ(account.write(), 0u);
  EXPECT_EQ(harness.meta.counts.transactions - transactions, 4u);
}

TEST(AccessTimes, WhatTheStoreRefusesIsTriedAgain) {
  Account account;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(account.harness_.put("b" + std::to_string(i), "x"));
  }
  account.pass(25h);
  const Timestamp read = account.now();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(account.read(key_of("b" + std::to_string(i))));
  account.harness_.rows.fail_commit(1, Error{ErrorCode::kInsufficientStorage, "planned"});
  std::uint64_t written = 0;
  const auto refused = account.harness_.run(write_access_times(account.harness_.service, written));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientStorage);
  EXPECT_EQ(written, 0u);
  account.pass(1s);
  EXPECT_EQ(account.write(), 100u);
  EXPECT_EQ(account.told(key_of("b42")), read);
}

TEST(AccessTimes, AReadThatWasDroppedIsMadeUpForByTheNext) {
  Account account(0);
  account.keep(false);
  ASSERT_TRUE(account.harness_.put("b", "x"));
  account.keep(true);
  ASSERT_TRUE(account.read());
  ASSERT_TRUE(account.read());
  EXPECT_EQ(account.queue_->dropped(), 2u);
  EXPECT_EQ(account.write(), 0u);
  EXPECT_EQ(account.told(), std::nullopt);
}

TEST(AccessTimes, WithoutAQueueReadsMoveNothing) {
  const auto features = std::make_shared<FeaturesByAccount>();
  (*features)["acct"].last_access_time = true;
  BlobHarness harness({.features = features});
  ASSERT_TRUE(harness.put("b", "x"));
  harness.clock.advance(30h);
  EXPECT_EQ(harness.get("b"), "x");
  std::uint64_t written = 0;
  EXPECT_TRUE(harness.run(write_access_times(harness.service, written)));
  EXPECT_EQ(written, 0u);
}

}  // namespace
}  // namespace lapis::blob
