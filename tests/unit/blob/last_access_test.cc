// Which operations move a blob's time of last access, and who is told.
#include "blob/last_access.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/get_blob_metadata.h"
#include "lapis/blob/ops/get_blob_tags.h"
#include "lapis/blob/ops/get_block_list.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/put_page_blob.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "unit/blob/access_account.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using namespace std::chrono_literals;
using Account = test::AccessAccount;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

TEST(LastAccess, AReadIsDueOnceInADayWhateverTheClockDid) {
  const Timestamp last(Ticks(20'000'000'000'000'000));
  struct Case {
    Ticks passed;
    bool due;
  };
  for (const auto& [passed, due] : {Case{0s, false}, Case{24h - Ticks(1), false}, Case{24h, true},
                                    Case{365 * 24h, true}, Case{-1h, false}, Case{-24h, true}}) {
    EXPECT_EQ(is_access_due(last, last + passed), due) << passed;
  }
  EXPECT_TRUE(is_access_due(std::nullopt, last));
}

// Each on "b", which is there, 25 hours after it was made.
struct Operation {
  const char* name;
  bool (*run)(BlobHarness& harness);
  enum class Moves { kAtOnce, kLater, kNever } moves;
  BlobType type = BlobType::kBlock;
};
using enum Operation::Moves;

bool copy(BlobHarness& harness, const std::string& from, const std::string& to) {
  test::ScriptedSources sources;
  CopyBlob request;
  request.blob.key = key_of(to);
  request.source.url = "http://h/acct/box/" + from;
  request.local = key_of(from);
  return harness.run(copy_blob(harness.service, std::move(request), sources)).has_value();
}
bool copy_to_other_container(BlobHarness& harness) {
  EXPECT_TRUE(harness.run(create_container(harness.service, {{"acct", "crate"}, {}})));
  test::ScriptedSources sources;
  CopyBlob request;
  request.blob.key = {"acct", "crate", "b"};
  request.source.url = "http://h/acct/box/b";
  request.local = key_of("b");
  return harness.run(copy_blob(harness.service, std::move(request), sources)).has_value();
}
GetBlob a_read() {
  GetBlob request;
  request.key = key_of("b");
  return request;
}

const Operation kOperations[] = {
    {"PutBlob", [](BlobHarness& h) { return h.put("b", "new").has_value(); }, kAtOnce},
    {"PutBlockList",
     [](BlobHarness& h) { return h.stage("b", "AAAA", "x") && h.commit("b", latest({"AAAA"})); },
     kAtOnce},
    {"CopyOntoIt", [](BlobHarness& h) { return h.put("a", "x") && copy(h, "a", "b"); }, kAtOnce},
    {"CopyOntoItself", [](BlobHarness& h) { return copy(h, "b", "b"); }, kAtOnce},
    {"SourceOfACopy", [](BlobHarness& h) { return copy(h, "b", "a"); }, kAtOnce},
    {"SourceOfACopyElsewhere", copy_to_other_container, kAtOnce},
    {"SetBlobMetadata",
     [](BlobHarness& h) {
       return h.run(set_blob_metadata(h.service, {key_of("b"), {{"k", "v"}}, {}, {}})).has_value();
     },
     kAtOnce},
    {"SetBlobProperties",
     [](BlobHarness& h) {
       SetBlobProperties request;
       request.key = key_of("b");
       return h.run(set_blob_properties(h.service, request)).has_value();
     },
     kAtOnce},
    {"GetBlob", [](BlobHarness& h) { return h.get("b").has_value(); }, kLater},
    {"GetBlobInPart", [](BlobHarness& h) { return h.get("b", RequestedRange{1, 2}).has_value(); },
     kLater},
    {"GetBlobOfWhatIsNotModified",
     [](BlobHarness& h) {
       GetBlob request = a_read();
       request.conditions.if_none_match = EtagCondition{true, {}};
       return !h.run(get_blob(h.service, request));
     },
     kNever},
    {"GetBlobBehindItsEnd", [](BlobHarness& h) { return !h.get("b", RequestedRange{1000, {}}); },
     kNever},
    {"GetBlobOfAnArchivedOne",
     [](BlobHarness& h) {
       return h.run(set_blob_tier(h.service, {key_of("b"), AccessTier::kArchive, {}})) &&
              !h.get("b");
     },
     kNever},
    {"GetBlobProperties",
     [](BlobHarness& h) {
       return h.run(get_blob_properties(h.service, {key_of("b"), {}, {}})).has_value();
     },
     kNever},
    {"GetBlobMetadata",
     [](BlobHarness& h) {
       return h.run(get_blob_metadata(h.service, {key_of("b"), {}, {}})).has_value();
     },
     kNever},
    {"GetBlobTags",
     [](BlobHarness& h) {
       return h.run(get_blob_tags(h.service, {key_of("b"), {}, {}})).has_value();
     },
     kNever},
    {"GetBlockList",
     [](BlobHarness& h) {
       GetBlockList request;
       request.key = key_of("b");
       return h.run(get_block_list(h.service, std::move(request))).has_value();
     },
     kNever},
    {"SetBlobTier",
     [](BlobHarness& h) {
       return h.run(set_blob_tier(h.service, {key_of("b"), AccessTier::kCool, {}})).has_value();
     },
     kNever},
    {"SetBlobTags",
     [](BlobHarness& h) {
       return h.run(set_blob_tags(h.service, {key_of("b"), {{"k", "v"}}, {}, {}})).has_value();
     },
     kNever},
    {"LeaseBlob",
     [](BlobHarness& h) {
       return h
           .run(lease_blob(h.service,
                           {key_of("b"), {LeaseAction::Kind::kAcquire, {}, {}, {}, {}}, {}}))
           .has_value();
     },
     kNever},
    {"SnapshotBlob",
     [](BlobHarness& h) {
       return h.run(snapshot_blob(h.service, {key_of("b"), {}, {}, {}})).has_value();
     },
     kNever},
    {"PutBlock", [](BlobHarness& h) { return h.stage("b", "AAAA", "x").has_value(); }, kNever},
    {"GetOfAnAppendBlob", [](BlobHarness& h) { return h.get("b").has_value(); }, kNever,
     BlobType::kAppend},
    {"AppendBlock", [](BlobHarness& h) { return h.append("b", "more").has_value(); }, kNever,
     BlobType::kAppend},
    {"GetOfAPageBlob", [](BlobHarness& h) { return h.get("b").has_value(); }, kNever,
     BlobType::kPage},
};

void make(Account& account, BlobType type) {
  BlobHarness& harness = account.harness_;
  if (type == BlobType::kAppend) {
    ASSERT_TRUE(harness.create_append_blob("b"));
    ASSERT_TRUE(harness.append("b", "text"));
  } else if (type == BlobType::kPage) {
    PutPageBlob request;
    request.blob.key = key_of("b");
    request.length = 512;
    ASSERT_TRUE(harness.run(put_page_blob(harness.service, std::move(request))));
  } else {
    ASSERT_TRUE(harness.put("b", pattern(200, 1)));
  }
}

class LastAccessOf : public testing::TestWithParam<Operation> {};

TEST_P(LastAccessOf, MovesOrStays) {
  const Operation& operation = GetParam();
  Account account;
  make(account, operation.type);
  const bool is_kept = operation.type == BlobType::kBlock;
  const std::optional<Timestamp> made = is_kept ? std::optional(account.now()) : std::nullopt;
  EXPECT_EQ(account.told(), made);
  account.pass(25h);
  ASSERT_TRUE(operation.run(account.harness_));
  EXPECT_EQ(account.told(), operation.moves == kAtOnce ? account.now() : made);
  EXPECT_EQ(account.write(), operation.moves == kLater ? 1u : 0u);
  EXPECT_EQ(account.told(), operation.moves == kNever ? made : account.now());
}

TEST_P(LastAccessOf, IsNotKeptWhereTheAccountDoesNot) {
  const Operation& operation = GetParam();
  Account account;
  account.keep(false);
  make(account, operation.type);
  account.pass(25h);
  ASSERT_TRUE(operation.run(account.harness_));
  EXPECT_TRUE(account.queue_->take().empty());
  account.keep(true);
  EXPECT_EQ(account.told(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Operations, LastAccessOf, testing::ValuesIn(kOperations),
                         [](const auto& tested) { return tested.param.name; });

TEST(LastAccess, WritesCountEachTime) {
  Account account;
  ASSERT_TRUE(account.harness_.put("b", "1"));
  for (int i = 0; i < 3; ++i) {
    account.pass(1s);
    ASSERT_TRUE(account.harness_.put("b", "2"));
    EXPECT_EQ(account.told(), account.now());
  }
}

TEST(LastAccess, OfReadsTheFirstInADayCounts) {
  Account account;
  ASSERT_TRUE(account.harness_.put("b", "1"));
  account.pass(24h - 1s);
  ASSERT_TRUE(account.read());
  EXPECT_EQ(account.write(), 0u);
  account.pass(1s);
  const Timestamp first = account.now();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(account.read());
    account.pass(1s);
  }
  EXPECT_EQ(account.write(), 1u);
  EXPECT_EQ(account.told(), first);
  ASSERT_TRUE(account.read());
  EXPECT_TRUE(account.queue_->take().empty());
}

TEST(LastAccess, AReadTellsWhatWasBeforeIt) {
  Account account;
  account.keep(false);
  ASSERT_TRUE(account.harness_.put("b", "1"));
  account.keep(true);
  const auto told = [&account] {
    return account.harness_.run(get_blob(account.harness_.service, a_read()))->last_access;
  };
  EXPECT_EQ(told(), std::nullopt);
  const Timestamp read = account.now();
  EXPECT_EQ(account.write(), 1u);
  account.pass(1h);
  EXPECT_EQ(told(), read);
}

TEST(LastAccess, SnapshotsAndVersionsHaveTheirOwn) {
  Account account;
  account.keep_versions();
  BlobHarness& harness = account.harness_;
  const Timestamp made = account.now();
  const auto first = harness.put("b", "one");
  ASSERT_TRUE(first);
  account.pass(1h);
  const auto taken = harness.run(snapshot_blob(harness.service, {key_of("b"), {}, {}, {}}));
  ASSERT_TRUE(taken);
  EXPECT_EQ(account.told(account.snapshot(taken->snapshot)), made) << "as of the blob";
  account.pass(30h);
  const Timestamp read = account.now();
  ASSERT_TRUE(account.read(account.snapshot(taken->snapshot)));
  EXPECT_EQ(account.write(), 1u);
  EXPECT_EQ(account.told(account.snapshot(taken->snapshot)), read);
  EXPECT_EQ(account.told(account.version(*first->version)), made);
  EXPECT_EQ(account.told(), made);
  ASSERT_TRUE(account.read(account.version(*first->version)));
  EXPECT_EQ(account.write(), 1u);
  EXPECT_EQ(account.told(account.version(*first->version)), read);
  EXPECT_EQ(account.told(), made);
}

TEST(LastAccess, ABlobThatBecomesAVersionTakesItsReadAlong) {
  for (const bool by_id : {false, true}) {
    Account account;
    account.keep_versions();
    const auto first = account.harness_.put("b", "one");
    ASSERT_TRUE(first);
    account.pass(30h);
    const Timestamp read = account.now();
    ASSERT_TRUE(account.read(by_id ? account.version(*first->version) : key_of("b")));
    account.pass(1s);
    ASSERT_TRUE(account.harness_.put("b", "two"));
    EXPECT_EQ(account.write(), 1u);
    EXPECT_EQ(account.told(account.version(*first->version)), read);
    EXPECT_EQ(account.told(), account.now());
  }
}

TEST(LastAccess, AnAccountThatStopsKeepingItTellsNoneAndWritesNone) {
  Account account;
  ASSERT_TRUE(account.harness_.put("b", "one"));
  const Timestamp made = account.now();
  account.keep(false);
  account.pass(30h);
  EXPECT_EQ(account.told(), std::nullopt);
  ASSERT_TRUE(account.read());
  EXPECT_TRUE(account.queue_->take().empty());
  account.keep(true);
  EXPECT_EQ(account.told(), made);
}

class Times final : public ListSink {
 public:
  void blob(std::string_view, const BlobProperties& properties) override {
    found.push_back(properties.last_access);
  }
  void versions_only(std::string_view, const BlobProperties&) override {}
  void uncommitted(std::string_view) override {}
  void prefix(std::string_view) override {}
  std::vector<std::optional<Timestamp>> found;
};

TEST(LastAccess, AListingTellsWhatIsKept) {
  Account account;
  account.keep_versions();
  const Timestamp first = account.now();
  ASSERT_TRUE(account.harness_.put("b", "one"));
  account.pass(1s);
  ASSERT_TRUE(account.harness_.put("b", "two"));
  const auto list = [&account] {
    Times times;
    ListBlobs request;
    request.key = {"acct", "box"};
    request.include_versions = true;
    EXPECT_TRUE(
        account.harness_.run(list_blobs(account.harness_.service, std::move(request), times)));
    return times.found;
  };
  using Found = std::vector<std::optional<Timestamp>>;
  EXPECT_EQ(list(), (Found{first, account.now()}));
  account.keep(false);
  EXPECT_EQ(list(), (Found{std::nullopt, std::nullopt}));
}

}  // namespace
}  // namespace lapis::blob
