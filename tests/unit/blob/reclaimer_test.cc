#include "lapis/blob/reclaimer.h"

#include <gtest/gtest.h>

#include "blob/keys.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

std::vector<std::string> ids_of(int count, int first = 1000) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back("B" + std::to_string(first + i));
  return ids;
}

void stage_all(BlobHarness& harness, const std::string& name, const std::vector<std::string>& ids,
               std::size_t length) {
  for (const auto& id : ids) ASSERT_TRUE(harness.stage(name, id, pattern(length, id.back())));
}

// Something of everything that waits: a replaced and a deleted blob with segments, blocks left out
// of a list, a discarded upload, short blocks, and a deleted container full of the same.
void leave_behind(BlobHarness& harness) {
  const auto many = ids_of(600);
  stage_all(harness, "replaced", many, 20);
  ASSERT_TRUE(harness.commit("replaced", latest(many)));
  ASSERT_TRUE(harness.put("replaced", "kept"));
  stage_all(harness, "deleted", ids_of(40), 5);
  ASSERT_TRUE(harness.commit("deleted", latest(ids_of(40))));
  ASSERT_TRUE(harness.erase("deleted"));
  stage_all(harness, "partly", ids_of(40), 30);
  ASSERT_TRUE(harness.commit("partly", latest(ids_of(30))));
  ASSERT_TRUE(harness.stage("partly", "B1000", pattern(44, 1)));
  ASSERT_TRUE(harness.commit("partly", latest(ids_of(20))));
  stage_all(harness, "discarded", ids_of(20), 30);
  stage_all(harness, "discarded", ids_of(20), 3);
  ASSERT_TRUE(harness.put("discarded", pattern(90, 2)));

  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "other"}, {}})));
  PutBlob request;
  request.key = {"acct", "other", "long"};
  ASSERT_TRUE(harness.put(request, pattern(900, 1)));
  ASSERT_TRUE(harness.put(request, pattern(700, 1)));
  request.key.name = "short";
  ASSERT_TRUE(harness.put(request, "s"));
  for (const auto& id : ids_of(30)) {
    PutBlock block{{"acct", "other", "staged"}, {id}, 25, {}, {}, false};
    test::TextSource source(pattern(25, 1));
    ASSERT_TRUE(harness.run(put_block(harness.service, block, source)));
  }
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "other"}, {}, {}})));
}

void expect_clean(BlobHarness& harness) {
  std::string partly = pattern(44, 1);
  for (const auto& id : ids_of(20)) {
    if (id != "B1000") partly += pattern(30, id.back());
  }
  EXPECT_EQ(harness.get("replaced"), "kept");
  EXPECT_EQ(harness.get("partly"), partly);
  EXPECT_EQ(harness.get("discarded"), pattern(90, 2));
  EXPECT_EQ(harness.chunks.held_bytes(), partly.size() + 90);
  EXPECT_EQ(harness.rows_of(Table::kRelease), 0u);
  EXPECT_EQ(harness.rows_of(Table::kSegment), 0u);
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 0u);
  EXPECT_EQ(harness.rows_of(Table::kBlockBytes), 0u);
  EXPECT_EQ(harness.rows_of(Table::kBlob), 3u);
  EXPECT_EQ(harness.rows_of(Table::kContainerState), 1u);
  EXPECT_EQ(harness.rows_of(Table::kContainerName), 1u);
}

TEST(Reclaimer, FreesAllThatWasLeftBehindInOnePass) {
  BlobHarness harness;
  leave_behind(harness);
  const auto stats = harness.reclaim();
  ASSERT_TRUE(stats);
  expect_clean(harness);
  EXPECT_GT(stats->released_entries, 5u);
  EXPECT_GT(stats->released_chunks, 600u);
  EXPECT_EQ(stats->swept_rows, 3u);
  EXPECT_EQ(harness.reclaimer.totals().released_chunks, stats->released_chunks);
}

TEST(Reclaimer, WritesNothingWhereNothingWaits) {
  BlobHarness harness;
  leave_behind(harness);
  ASSERT_TRUE(harness.reclaim());
  const auto commits = harness.rows.commits();
  const auto stats = harness.reclaim();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->released_entries, 0u);
  EXPECT_EQ(harness.rows.commits(), commits);
}

// A process that dies at any border between transactions, and one that starts again.
TEST(Reclaimer, GoesOnAfterAnInterruptionAtEveryCommit) {
  bool interrupted = true;
  for (std::uint64_t n = 1; interrupted; ++n) {
    BlobHarness harness;
    leave_behind(harness);
    harness.rows.fail_commit(n, Error{ErrorCode::kInternalError, "power cut"});
    interrupted = !harness.reclaim().has_value();
    harness.rows.fail_commit(0, Error{ErrorCode::kInternalError});
    Service restarted(harness.meta, harness.chunks, harness.blocking, harness.clock,
                      harness.service.limits, 1 << 20);
    Reclaimer again(restarted);
    ASSERT_TRUE(harness.run(again.run_once())) << n;
    expect_clean(harness);
    if (!interrupted) {
      EXPECT_GT(n, 5u) << "several transactions, not one large one";
    }
    ASSERT_LT(n, 100u);
  }
}

TEST(Reclaimer, GoesOnPastRowsThatCannotBeRead) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(100, 1)));
  ASSERT_TRUE(harness.put("b", pattern(100, 2)));
  ASSERT_TRUE(harness.put("c", pattern(100, 3)));
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(harness.erase(name));
  std::vector<std::string> entries;
  for (const auto& [key, value] : harness.rows.rows()) {
    if (parse_release_key(key)) entries.push_back(key);
  }
  ASSERT_EQ(entries.size(), 3u);
  const auto damage = [&](storage::MetaView& view) -> Result<void> {
    view.put(entries[1], "\xff\xff");
    return {};
  };
  ASSERT_TRUE(harness.run(harness.rows.transact({}, damage)));
  const auto stats = harness.reclaim();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->released_entries, 2u);
  EXPECT_EQ(harness.chunks.held_bytes(), 100u);
  EXPECT_EQ(harness.rows_of(Table::kRelease), 1u);
}

// A deleted container that cannot be emptied comes again with every pass, which writes its mark and
// nothing else.
TEST(Reclaimer, WritesNothingForAContainerThatStays) {
  BlobHarness harness;
  PutBlob tagged;
  tagged.key = key_of("a");
  tagged.tags = {{"k", "1"}};
  ASSERT_TRUE(harness.put(tagged, pattern(100, 1)));
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  for (const auto& [key, value] : harness.rows.rows()) {
    if (!parse_name_key(key)) continue;
    const auto damage = [&](storage::MetaView& view) -> Result<void> {
      view.put(key, "\xff\xff");
      return {};
    };
    ASSERT_TRUE(harness.run(harness.rows.transact({}, damage)));
  }
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows_of(Table::kTag), 0u);
  const auto commits = harness.rows.commits();
  for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows.commits(), commits + 3);
  EXPECT_EQ(harness.rows_of(Table::kBlob), 1u);
}

TEST(Reclaimer, IsRightWhenEveryTransactionRunsTwice) {
  BlobHarness harness;
  harness.rows.set_run_twice(true);
  leave_behind(harness);
  ASSERT_TRUE(harness.reclaim());
  expect_clean(harness);
}

TEST(Reclaimer, IsRightWhenMemoryKnowsNothing) {
  BlobHarness harness;
  harness.rows.set_cold(true);
  leave_behind(harness);
  ASSERT_TRUE(harness.reclaim());
  expect_clean(harness);
}

TEST(ExpireUploads, TakesBlocksAWeekAfterTheLastOne) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("blob", "committed"));
  ASSERT_TRUE(harness.stage("blob", "AAAA", pattern(30, 1)));
  ASSERT_TRUE(harness.stage("old", "AAAA", pattern(30, 1)));
  ASSERT_TRUE(harness.stage("old", "BBBB", "short"));
  ASSERT_TRUE(harness.stage("renewed", "AAAA", pattern(30, 1)));
  harness.clock.advance(std::chrono::hours(24));
  ASSERT_TRUE(harness.stage("renewed", "BBBB", pattern(30, 2)));

  const auto expire = [&] { return harness.run(harness.reclaimer.expire_uploads()); };
  harness.clock.advance(std::chrono::hours(6 * 24));
  EXPECT_EQ(expire()->expired_uploads, 0u) << "exactly a week is not older than a week";
  harness.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(expire()->expired_uploads, 2u);
  EXPECT_EQ(expire()->expired_uploads, 0u);
  EXPECT_EQ(harness.get("blob"), "committed");
  EXPECT_TRUE(harness.blocks("blob")->uncommitted.empty());
  EXPECT_EQ(harness.blocks("old").error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(harness.blocks("renewed")->uncommitted.size(), 2u);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 60u);
  EXPECT_EQ(harness.rows_of(Table::kBlockBytes), 0u);
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 3u) << "two blocks and the upload's name";
}

TEST(ExpireUploads, LeavesAnUploadThatGoesOnMeanwhile) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", "1"));
  harness.clock.advance(std::chrono::hours(8 * 24));
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    PutBlock block{key_of("a"), {"BBBB"}, 1, {}, {}, false};
    test::TextSource source("2");
    LAPIS_CHECK(co_await put_block(harness.service, std::move(block), source));
  };
  EXPECT_EQ(harness.run(harness.reclaimer.expire_uploads())->expired_uploads, 0u);
  EXPECT_EQ(harness.blocks("a")->uncommitted.size(), 2u);
}

TEST(ExpireUploads, PassesOverDeletedContainers) {
  BlobHarness harness;
  ASSERT_TRUE(harness.stage("a", "AAAA", pattern(30, 1)));
  harness.clock.advance(std::chrono::hours(8 * 24));
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  EXPECT_EQ(harness.run(harness.reclaimer.expire_uploads())->expired_uploads, 0u);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 0u);
}

TEST(ExpireUploads, VisitsEveryPage) {
  BlobHarness harness;
  for (int i = 0; i < 1100; ++i) ASSERT_TRUE(harness.stage(std::to_string(i), "AAAA", "1"));
  harness.clock.advance(std::chrono::hours(8 * 24));
  EXPECT_EQ(harness.run(harness.reclaimer.expire_uploads())->expired_uploads, 1100u);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 0u);
  EXPECT_EQ(harness.rows_of(Table::kBlob), 0u);
}

}  // namespace
}  // namespace lapis::blob
