// Incremental copies: what they make, what they cost, and what they leave behind.
#include <gtest/gtest.h>

#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/incremental_copy_blob.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "support/page_requests.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::pattern;

class IncrementalCopies : public ::testing::Test {
 protected:
  IncrementalCopies() {
    for (const char* name : {"crate", "drawer"}) {
      EXPECT_TRUE(harness_.run(create_container(harness_.service, {{"acct", name}, {}})));
    }
    EXPECT_TRUE(test::make_pages(harness_, "disk", 4 * kStripe));
    write(0, 1);
  }

  void write(std::uint64_t page, std::uint64_t seed, std::uint64_t pages = 3) {
    ASSERT_TRUE(test::write_pages(harness_, "disk", page * kPage, pattern(pages * kPage, seed)));
  }
  Timestamp snapshot(const std::string& name = "disk") {
    harness_.clock.advance(Ticks(1));
    return *test::take_snapshot(harness_, name);
  }
  static BlobKey at(const std::string& container, const std::string& name,
                    std::optional<Timestamp> snapshot = {}) {
    return {"acct", container, name, snapshot};
  }
  static BlobKey disk(std::optional<Timestamp> snapshot) { return at("box", "disk", snapshot); }

  static IncrementalCopyBlob request_of(const BlobKey& from, const BlobKey& to) {
    IncrementalCopyBlob request;
    request.key = to;
    request.local = from;
    request.source.url = "http://h/acct/" + from.container + "/" + from.name + "?snapshot=s&sig=x";
    return request;
  }
  Result<CopyBlobResult> copy(IncrementalCopyBlob request) {
    return harness_.run(incremental_copy_blob(harness_.service, std::move(request), sources_));
  }
  Result<CopyBlobResult> copy(const BlobKey& from, const BlobKey& to) {
    return copy(request_of(from, to));
  }
  ErrorCode error(IncrementalCopyBlob request) {
    const auto result = copy(std::move(request));
    return result ? ErrorCode{} : result.error().code;
  }
  ErrorCode error(const BlobKey& from, const BlobKey& to) { return error(request_of(from, to)); }

  Result<std::string> get(const BlobKey& key) { return harness_.get(key); }
  BlobProperties properties(const BlobKey& key) {
    const auto result = harness_.run(get_blob_properties(harness_.service, {key, {}, {}}));
    EXPECT_TRUE(result);
    return *result->properties;
  }
  Timestamp made_in(const BlobKey& key) { return properties(key).copy->incremental->snapshot; }
  void erase(const BlobKey& key) {
    DeleteBlob request;
    request.key = key;
    if (!key.snapshot) request.snapshots = SnapshotDeletion::kInclude;
    ASSERT_TRUE(harness_.run(delete_blob(harness_.service, std::move(request))));
  }
  void delete_whole(const std::string& name) {
    ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", name}, {}, {}})));
  }
  void reclaim() {
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness_.reclaim());
    EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  }
  void expect_nothing_left() {
    reclaim();
    EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
    for (const Table table : {Table::kBlob, Table::kBlockBytes, Table::kRelease, Table::kSharedBody,
                              Table::kLoan, Table::kPageStripe, Table::kPageMap}) {
      EXPECT_EQ(harness_.rows_of(table), 0u) << "table " << static_cast<int>(table);
    }
  }

  BlobHarness harness_{test::page_harness()};
  test::ScriptedSources sources_;
};

class IncrementalCopiesTo : public IncrementalCopies,
                            public ::testing::WithParamInterface<const char*> {};

TEST_P(IncrementalCopiesTo, AreSnapshotsAsTheSourcesWere) {
  const BlobKey backup = at(GetParam(), "backup");
  std::vector<std::pair<Timestamp, std::string>> copies;
  for (std::uint64_t round = 0; round < 4; ++round) {
    write(100 * round, 10 + round);
    const BlobKey source = disk(snapshot());
    const auto made = copy(source, backup);
    ASSERT_TRUE(made) << to_string(made.error());
    EXPECT_EQ(made->status, CopyStatus::kSuccess);
    const BlobProperties now = properties(backup);
    EXPECT_EQ(now.etag, made->etag);
    EXPECT_EQ(now.type, BlobType::kPage);
    EXPECT_EQ(now.content_length, 4 * kStripe);
    EXPECT_EQ(now.snapshots, round + 1);
    ASSERT_TRUE(now.copy && now.copy->incremental);
    EXPECT_EQ(now.copy->id, made->copy);
    EXPECT_EQ(now.copy->source, "http://h/acct/box/disk?snapshot=s");
    EXPECT_EQ(now.copy->incremental->source_snapshot, source.snapshot);
    copies.emplace_back(now.copy->incremental->snapshot, *get(source));
    if (round != 0) EXPECT_GT(copies[round].first, copies[round - 1].first);
    reclaim();
  }
  ASSERT_TRUE(test::resize(harness_, "disk", kStripe));
  reclaim();
  for (const auto& [time, content] : copies) {
    EXPECT_EQ(get(at(GetParam(), "backup", time)), content);
  }
  GetPageRanges difference;
  difference.key = at(GetParam(), "backup", copies[3].first);
  difference.previous = copies[1].first;
  EXPECT_EQ(
      *test::ranges_of(harness_, difference),
      (std::vector<PageRange>{{200 * kPage, 3 * kPage, false}, {300 * kPage, 3 * kPage, false}}));
  erase(backup);
  erase(disk({}));
  expect_nothing_left();
}

TEST_P(IncrementalCopiesTo, MoveNoBytesAndCostAFewRows) {
  for (std::uint64_t page = 0; page < 4 * kStripe / kPage; page += 64) write(page, page);
  const Timestamp first = snapshot();
  ASSERT_TRUE(copy(disk(first), at(GetParam(), "backup")));
  write(7, 7);
  const Timestamp second = snapshot();
  const auto held = harness_.chunks.held_bytes();
  const auto before = harness_.rows.rows();
  ASSERT_TRUE(copy(disk(second), at(GetParam(), "backup")));
  EXPECT_EQ(harness_.chunks.held_bytes(), held);
  // The blob, its snapshot, the map; of a loan also that, what looks after it, and both counts.
  EXPECT_LE(test::changes_between(before, harness_.rows.rows()), 7u);
  EXPECT_EQ(sources_.taken, 0);
}

TEST_P(IncrementalCopiesTo, OutliveTheirSource) {
  const Timestamp first = snapshot();
  const std::string content = *get(disk(first));
  ASSERT_TRUE(copy(disk(first), at(GetParam(), "backup")));
  const Timestamp time = made_in(at(GetParam(), "backup"));
  write(1, 2);
  erase(disk({}));
  reclaim();
  EXPECT_EQ(get(at(GetParam(), "backup", time)), content);
  erase(at(GetParam(), "backup", time));
  reclaim();
  EXPECT_GT(harness_.rows_of(Table::kPageStripe), 0u) << "the blob itself holds them";
  erase(at(GetParam(), "backup"));
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Containers, IncrementalCopiesTo, ::testing::Values("box", "crate"));

TEST_F(IncrementalCopies, OutliveTheContainerOfTheirSource) {
  const Timestamp first = snapshot();
  const std::string content = *get(disk(first));
  ASSERT_TRUE(copy(disk(first), at("crate", "backup")));
  const Timestamp time = made_in(at("crate", "backup"));
  write(1, 2);
  delete_whole("box");
  reclaim();
  EXPECT_EQ(harness_.rows_of(Table::kContainerState), 2u) << "the container itself is gone";
  EXPECT_EQ(get(at("crate", "backup", time)), content);
  // What was borrowed is lent on.
  ASSERT_TRUE(copy(at("crate", "backup", time), at("drawer", "second")));
  delete_whole("crate");
  reclaim();
  EXPECT_EQ(get(at("drawer", "second", made_in(at("drawer", "second")))), content);
  erase(at("drawer", "second"));
  expect_nothing_left();
}

TEST_F(IncrementalCopies, GoBackWithTheirContainer) {
  ASSERT_TRUE(copy(disk(snapshot()), at("crate", "backup")));
  delete_whole("crate");
  reclaim();
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(get(disk({})), pattern(3 * kPage, 1) + std::string(4 * kStripe - 3 * kPage, '\0'));
  erase(disk({}));
  expect_nothing_left();
}

TEST_F(IncrementalCopies, ThatCannotBeMadeLeaveNothing) {
  const Timestamp first = snapshot();
  for (const std::uint64_t commit : {1, 2}) {
    harness_.rows.fail_commit(commit, Error{ErrorCode::kInternalError, "planned"});
    EXPECT_FALSE(copy(disk(first), at("crate", "backup")));
    harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
    reclaim();
    EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  }
  erase(disk({}));
  expect_nothing_left();
}

TEST_F(IncrementalCopies, AreRefused) {
  const Timestamp first = snapshot();
  write(9, 9);
  const Timestamp second = snapshot();
  ASSERT_TRUE(harness_.put("block", "content"));
  const Timestamp of_block = snapshot("block");
  const auto other = snapshot();
  ASSERT_TRUE(copy(disk(second), at("box", "backup")));
  ASSERT_TRUE(test::make_pages(harness_, "other", kStripe));
  const Timestamp of_other = snapshot("other");
  struct Case {
    const char* what;
    BlobKey from;
    BlobKey to;
    ErrorCode code;
  };
  const BlobKey backup = at("box", "backup");
  const BlobKey fresh = at("box", "new");
  for (const Case& c : {
           Case{"no snapshot", disk({}), fresh, ErrorCode::kIncrementalCopySourceMustBeSnapshot},
           Case{"no such snapshot", disk(Timestamp(Ticks(5))), fresh, ErrorCode::kBlobNotFound},
           Case{"no such container", at("none", "disk", first), fresh, ErrorCode::kBlobNotFound},
           Case{"no container for it", disk(first), at("none", "new"),
                ErrorCode::kContainerNotFound},
           Case{"a block blob", at("box", "block", of_block), fresh,
                ErrorCode::kInvalidSourceBlobType},
           Case{"over a block blob", disk(first), at("box", "block"),
                ErrorCode::kIncrementalCopyBlobMismatch},
           Case{"over a page blob", disk(first), at("box", "other"),
                ErrorCode::kIncrementalCopyBlobMismatch},
           Case{"over itself", disk(first), disk({}), ErrorCode::kIncrementalCopyBlobMismatch},
           Case{"of another blob", at("box", "other", of_other), backup,
                ErrorCode::kIncrementalCopyBlobMismatch},
           Case{"of an earlier one", disk(first), backup,
                ErrorCode::kIncrementalCopyOfEarlierSnapshotNotAllowed},
           Case{"of the same one", disk(second), backup,
                ErrorCode::kIncrementalCopyOfEarlierSnapshotNotAllowed},
       }) {
    EXPECT_EQ(error(c.from, c.to), c.code) << c.what;
  }
  IncrementalCopyBlob conditional = request_of(disk(other), backup);
  conditional.conditions.if_match = EtagCondition{false, {"0x8D0"}};
  EXPECT_EQ(error(conditional), ErrorCode::kTargetConditionNotMet);
  conditional = request_of(disk(other), fresh);
  conditional.conditions.if_match = EtagCondition{true, {}};
  EXPECT_EQ(error(conditional), ErrorCode::kTargetConditionNotMet);
  conditional = request_of(disk(other), backup);
  conditional.may_overwrite = false;
  EXPECT_EQ(error(conditional), ErrorCode::kUnauthorizedBlobOverwrite);
  ASSERT_TRUE(test::make_pages(harness_, "disk", kStripe));
  EXPECT_EQ(error(disk(snapshot()), backup), ErrorCode::kBlobOverwritten);
  EXPECT_TRUE(copy(disk(other), backup)) << "a snapshot of the blob that was";
}

TEST_F(IncrementalCopies, OfWhatOthersMayReadAreMade) {
  sources_.content = "";
  sources_.properties.type = BlobType::kPage;
  const Timestamp first = snapshot();
  IncrementalCopyBlob request = request_of(disk(first), at("box", "backup"));
  request.local.reset();
  EXPECT_EQ(error(request), ErrorCode::kNotImplemented) << "elsewhere";
  sources_.properties.own = BlobKey{"other", "box", "disk", first};
  EXPECT_EQ(error(request), ErrorCode::kNotImplemented) << "another account";
  sources_.properties.own = disk(first);
  sources_.properties.type = BlobType::kBlock;
  EXPECT_EQ(error(request), ErrorCode::kInvalidSourceBlobType);
  sources_.properties.type = BlobType::kPage;
  EXPECT_TRUE(copy(request));
  EXPECT_EQ(sources_.opened, 4);
}

TEST(IncrementalCopiesOfVersions, AreReadOnceTheirBlobIsGone) {
  auto features = std::make_shared<FeaturesByAccount>();
  (*features)["acct"].versioning = true;
  auto options = test::page_harness();
  options.features = features;
  BlobHarness harness(options);
  test::ScriptedSources sources;
  ASSERT_TRUE(test::make_pages(harness, "disk", kStripe));
  ASSERT_TRUE(test::write_pages(harness, "disk", 0, pattern(kPage, 1)));
  IncrementalCopyBlob request;
  request.key = key_of("backup");
  request.source.url = "http://h/acct/box/disk";
  request.local = key_of("disk");
  request.local->snapshot = *test::take_snapshot(harness, "disk");
  const auto made = harness.run(incremental_copy_blob(harness.service, request, sources));
  ASSERT_TRUE(made && made->version);
  GetBlob get;
  get.key = key_of("backup");
  get.key.version = made->version;
  EXPECT_EQ(harness.run(get_blob(harness.service, get)).error().code,
            ErrorCode::kOperationNotAllowedOnIncrementalCopyBlob);
  DeleteBlob gone;
  gone.key = key_of("backup");
  gone.snapshots = SnapshotDeletion::kInclude;
  ASSERT_TRUE(harness.run(delete_blob(harness.service, gone)));
  const auto read = harness.get(get.key);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, pattern(kPage, 1) + std::string(kStripe - kPage, '\0'));
}

TEST_F(IncrementalCopies, AreWrittenAndReadByNothingElse) {
  const BlobKey backup = at("box", "backup");
  ASSERT_TRUE(copy(disk(snapshot()), backup));
  constexpr auto kRefused = ErrorCode::kOperationNotAllowedOnIncrementalCopyBlob;
  EXPECT_EQ(get(backup).error().code, kRefused);
  EXPECT_EQ(test::ranges_of(harness_, "backup").error().code, kRefused);
  EXPECT_EQ(test::write_pages(harness_, "backup", 0, pattern(kPage, 1)).error().code, kRefused);
  EXPECT_EQ(test::clear_pages(harness_, "backup", 0, kPage).error().code, kRefused);
  EXPECT_EQ(test::resize(harness_, "backup", kPage).error().code, kRefused);
  EXPECT_EQ(test::take_snapshot(harness_, "backup").error().code, kRefused);
  EXPECT_EQ(test::make_pages(harness_, "backup", kPage).error().code, kRefused);
  SetBlobMetadata metadata;
  metadata.key = backup;
  EXPECT_EQ(harness_.run(set_blob_metadata(harness_.service, metadata)).error().code, kRefused);
  LeaseBlob lease;
  lease.key = backup;
  EXPECT_EQ(harness_.run(lease_blob(harness_.service, lease)).error().code, kRefused);
  CopyBlob from;
  from.blob.key = key_of("again");
  from.source.url = "http://h/acct/box/backup";
  from.local = backup;
  EXPECT_EQ(harness_.run(copy_blob(harness_.service, from, sources_)).error().code, kRefused);
  from.local->snapshot = made_in(backup);
  EXPECT_TRUE(harness_.run(copy_blob(harness_.service, from, sources_)));
  EXPECT_EQ(*get(key_of("again")), *get(at("box", "backup", made_in(backup))));
}

}  // namespace
}  // namespace lapis::blob
