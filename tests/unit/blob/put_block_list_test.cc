#include "lapis/blob/ops/put_block_list.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "blob/records.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

constexpr auto kC = BlockSource::kCommitted;
constexpr auto kU = BlockSource::kUncommitted;
constexpr auto kL = BlockSource::kLatest;

std::string numbered(int n) {
  char text[16];
  std::snprintf(text, sizeof text, "B%07d", n);
  return text;
}

// Blob "a" has committed blocks AAAA "old-a", BBBB "old-b"; staged are BBBB "new-b", CCCC "new-c".
void arrange(BlobHarness& harness) {
  ASSERT_TRUE(harness.stage("a", "AAAA", "old-a"));
  ASSERT_TRUE(harness.stage("a", "BBBB", "old-b"));
  ASSERT_TRUE(harness.commit("a", latest({"AAAA", "BBBB"})));
  ASSERT_TRUE(harness.stage("a", "BBBB", "new-b"));
  ASSERT_TRUE(harness.stage("a", "CCCC", "new-c"));
}

struct ListCase {
  std::string name;
  std::vector<BlockListEntry> list;
  std::optional<std::string> content;  // none: kInvalidBlockList
};

TEST(PutBlockList, ResolvesEachElementByItsRule) {
  const ListCase cases[] = {
      {"Committed", {{kC, {"AAAA"}}, {kC, {"BBBB"}}}, "old-aold-b"},
      {"Uncommitted", {{kU, {"BBBB"}}, {kU, {"CCCC"}}}, "new-bnew-c"},
      {"LatestPrefersStaged", {{kL, {"AAAA"}}, {kL, {"BBBB"}}}, "old-anew-b"},
      {"Mixture", {{kU, {"CCCC"}}, {kC, {"BBBB"}}, {kL, {"AAAA"}}}, "new-cold-bold-a"},
      {"Repeats", {{kC, {"AAAA"}}, {kU, {"CCCC"}}, {kC, {"AAAA"}}}, "old-anew-cold-a"},
      {"Empty", {}, ""},
      {"CommittedKnowsNoStaged", {{kC, {"CCCC"}}}, {}},
      {"UncommittedKnowsNoCommitted", {{kU, {"AAAA"}}}, {}},
      {"LatestKnowsNoOthers", {{kL, {"DDDD"}}}, {}},
      {"OneIdUnderTwoElements", {{kC, {"BBBB"}}, {kU, {"BBBB"}}}, {}},
      {"LastIsUnknown", {{kL, {"AAAA"}}, {kL, {"BBBB"}}, {kL, {"zzzz"}}}, {}},
  };
  for (const std::uint64_t inline_bytes : {0u, 100u}) {
    for (const ListCase& c : cases) {
      BlobHarness harness({.limits = {.inline_body_bytes = inline_bytes}});
      arrange(harness);
      const auto result = harness.commit("a", c.list);
      if (c.content) {
        ASSERT_TRUE(result) << c.name;
        EXPECT_EQ(harness.get("a"), *c.content) << c.name;
        EXPECT_TRUE(harness.blocks("a")->uncommitted.empty()) << c.name;
        EXPECT_EQ(harness.blocks("a")->committed.size(), c.list.size()) << c.name;
      } else {
        ASSERT_FALSE(result) << c.name;
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidBlockList) << c.name;
        EXPECT_EQ(harness.get("a"), "old-aold-b") << c.name;
        EXPECT_EQ(harness.blocks("a")->uncommitted.size(), 2u) << c.name;
      }
    }
  }
}

TEST(PutBlockList, ReplacesPropertiesWholly) {
  BlobHarness harness;
  PutBlob old;
  old.key = key_of("a");
  old.metadata = {{"k", "v"}};
  old.http.content_language = "de";
  old.tier = AccessTier::kCool;
  ASSERT_TRUE(harness.put(old, "old"));
  const Timestamp created = harness.clock.now();
  harness.clock.advance(std::chrono::seconds(9));
  PutBlockList request;
  request.key = key_of("a");
  request.http.content_type = "text/new";
  request.http.content_md5 = Md5Digest{std::byte{1}};
  ASSERT_TRUE(harness.run(put_block_list(harness.service, request)));
  const auto now = harness.run(get_blob_properties(harness.service, {key_of("a"), {}, {}}));
  ASSERT_TRUE(now);
  EXPECT_EQ(now->properties->http.content_type, "text/new");
  EXPECT_EQ(now->properties->http.content_language, "");
  EXPECT_EQ(now->properties->http.content_md5, request.http.content_md5) << "stored unverified";
  EXPECT_TRUE(now->properties->metadata.empty());
  EXPECT_EQ(now->properties->tier, AccessTier::kCool);
  EXPECT_EQ(now->properties->created, created);
  EXPECT_EQ(now->properties->last_modified, harness.clock.now());
}

TEST(PutBlockList, ChecksInTheProtocolsOrder) {
  const EtagCondition any{true, {}};
  struct Case {
    std::string name;
    std::function<void(PutBlockList&)> change;
    std::optional<ErrorCode> error;
  };
  const Case cases[] = {
      {"Fine", [](PutBlockList&) {}, {}},
      {"NoContainer", [](auto& r) { r.key.container = "none"; }, ErrorCode::kContainerNotFound},
      {"Overwrite", [](auto& r) { r.may_overwrite = false; },
       ErrorCode::kUnauthorizedBlobOverwrite},
      {"Lease", [](auto& r) { r.lease = LeaseId::make(); },
       ErrorCode::kLeaseNotPresentWithBlobOperation},
      {"NoneMatch", [&](auto& r) { r.conditions.if_none_match = any; },
       ErrorCode::kBlobAlreadyExists},
      {"ConditionBeforeList",
       [&](auto& r) {
         r.conditions.if_none_match = any;
         r.blocks = latest({"nope"});
       },
       ErrorCode::kBlobAlreadyExists},
      {"NoneMatchOnlyStaged",
       [&](auto& r) {
         r.key.name = "staged";
         r.conditions.if_none_match = any;
       },
       {}},
      {"MatchAnyOnlyStaged",
       [&](auto& r) {
         r.key.name = "staged";
         r.conditions.if_match = any;
       },
       ErrorCode::kConditionNotMet},
      {"Archived", [](auto& r) { r.key.name = "archived"; }, ErrorCode::kBlobArchived},
  };
  for (const Case& c : cases) {
    BlobHarness harness;
    arrange(harness);
    ASSERT_TRUE(harness.stage("staged", "AAAA", "x"));
    PutBlob archive;
    archive.key = key_of("archived");
    archive.tier = AccessTier::kArchive;
    ASSERT_TRUE(harness.put(archive, "cold"));
    PutBlockList request;
    request.key = key_of("a");
    c.change(request);
    const auto result = harness.run(put_block_list(harness.service, request));
    EXPECT_EQ(result.has_value(), !c.error) << c.name;
    if (!result && c.error) {
      EXPECT_EQ(result.error().code, *c.error) << c.name;
    }
  }
}

TEST(PutBlockList, SeesABlockStagedWhileItPrepared) {
  BlobHarness harness;
  arrange(harness);
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    PutBlock block{key_of("a"), {"CCCC"}, 5, {}, {}, false};
    test::TextSource source("newer");
    LAPIS_CHECK(co_await put_block(harness.service, std::move(block), source));
  };
  ASSERT_TRUE(harness.commit("a", latest({"AAAA", "CCCC"})));
  EXPECT_EQ(harness.get("a"), "old-anewer");
  EXPECT_TRUE(harness.blocks("a")->uncommitted.empty());
}

TEST(PutBlockList, SeesABlobReplacedWhileItPrepared) {
  BlobHarness harness;
  arrange(harness);
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    PutBlob other;
    other.key = key_of("a");
    other.content_length = 5;
    test::TextSource source("other");
    LAPIS_CHECK(co_await put_blob(harness.service, std::move(other), source));
  };
  const auto result = harness.commit("a", latest({"AAAA", "CCCC"}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidBlockList);
  EXPECT_EQ(harness.get("a"), "other");
}

// No upload on either side: only the blob's ETag tells. Its old blocks are on their way out.
TEST(PutBlockList, DoesNotCommitBlocksOfABlobThatIsGone) {
  BlobHarness harness({.limits = {.inline_body_bytes = 0}});
  ASSERT_TRUE(harness.stage("a", "AAAA", "old-a"));
  ASSERT_TRUE(harness.commit("a", latest({"AAAA"})));
  harness.meta.before_transaction = [&]() -> io::Task<void> {
    PutBlob other;
    other.key = key_of("a");
    other.content_length = 5;
    test::TextSource source("other");
    LAPIS_CHECK(co_await put_blob(harness.service, std::move(other), source));
  };
  const auto result = harness.commit("a", {{kC, {"AAAA"}}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidBlockList);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.get("a"), "other");
}

TEST(PutBlockList, GivesUpWhereBlocksNeverStopComing) {
  BlobHarness harness;
  arrange(harness);
  int rounds = 0;
  std::function<io::Task<void>()> disturb = [&]() -> io::Task<void> {
    ++rounds;
    PutBlock block{key_of("a"), {"CCCC"}, 5, {}, {}, false};
    test::TextSource source("again");
    LAPIS_CHECK(co_await put_block(harness.service, std::move(block), source));
    harness.meta.before_transaction = disturb;
  };
  harness.meta.before_transaction = disturb;
  const auto result = harness.commit("a", latest({"CCCC"}));
  harness.meta.before_transaction = nullptr;
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kServerBusy);
  EXPECT_EQ(rounds, 8);
}

TEST(PutBlockList, MovesNoPayloadAndIsOneTransaction) {
  BlobHarness harness;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(harness.stage("a", numbered(i), pattern(20, i)));
  const auto chunks = harness.chunks.chunk_count();
  harness.meta.counts = {};
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(numbered(i));
  ASSERT_TRUE(harness.commit("a", latest(ids)));
  EXPECT_EQ(harness.meta.counts.transactions, 1u);
  EXPECT_EQ(harness.chunks.chunk_count(), chunks);
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 0u);
  EXPECT_EQ(harness.rows_of(Table::kRelease), 0u);
}

TEST(PutBlockList, FreesWhatItDoesNotName) {
  BlobHarness harness({.limits = {.inline_body_bytes = 4}});
  arrange(harness);
  ASSERT_TRUE(harness.commit("a", {{kC, {"AAAA"}}, {kU, {"CCCC"}}}));
  EXPECT_EQ(harness.chunks.held_bytes(), 20u);
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 10u);
  EXPECT_EQ(harness.get("a"), "old-anew-c");
  EXPECT_EQ(harness.rows_of(Table::kRelease), 0u);
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 0u);
}

TEST(PutBlockList, ARepeatedBlockIsReadEachTimeAndFreedOnce) {
  for (const std::uint64_t inline_bytes : {0u, 100u}) {
    BlobHarness harness({.limits = {.inline_body_bytes = inline_bytes}});
    const std::string text = pattern(30, 3);
    ASSERT_TRUE(harness.stage("a", "AAAA", text));
    ASSERT_TRUE(harness.commit("a", latest(std::vector<std::string>(1200, "AAAA"))));
    std::string whole;
    for (int i = 0; i < 1200; ++i) whole += text;
    EXPECT_EQ(harness.get("a"), whole);
    ASSERT_TRUE(harness.erase("a"));
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.held_bytes(), 0u);
    EXPECT_EQ(harness.rows_of(Table::kBlockBytes), 0u);
    EXPECT_EQ(harness.rows_of(Table::kSegment), 0u);
  }
}

// The append pattern: all old blocks again and one more.
TEST(PutBlockList, KeepsWholeSegmentsWhenTheListRepeatsThem) {
  BlobHarness harness;
  std::vector<std::string> ids;
  std::string content;
  for (int i = 0; i < 1100; ++i) {
    ids.push_back(numbered(i));
    content += pattern(3, i);
    ASSERT_TRUE(harness.stage("a", ids.back(), pattern(3, i)));
  }
  ASSERT_TRUE(harness.commit("a", latest(ids)));
  const auto segments_of = [&] {
    std::vector<std::string> keys;
    for (const auto& [key, value] : harness.rows.rows()) {
      if (key[0] == static_cast<char>(Table::kSegment)) keys.push_back(key);
    }
    return keys;
  };
  const auto before = segments_of();
  ASSERT_EQ(before.size(), 3u);  // 512, 512, 76
  for (int round = 0; round < 3; ++round) {
    ids.push_back(numbered(2000 + round));
    content += pattern(3, 2000 + round);
    ASSERT_TRUE(harness.stage("a", ids.back(), pattern(3, 2000 + round)));
    ASSERT_TRUE(harness.commit("a", latest(ids)));
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.get("a"), content);
    const auto now = segments_of();
    ASSERT_EQ(now.size(), 3u);
    EXPECT_EQ(now[0], before[0]);
    EXPECT_EQ(now[1], before[1]);
    EXPECT_NE(now[2], before[2]);
  }
  ASSERT_TRUE(harness.erase("a"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows_of(Table::kSegment), 0u);
  EXPECT_EQ(harness.rows_of(Table::kBlockBytes), 0u);
}

TEST(PutBlockList, OfFiftyThousandBlocksReadsOneSegmentForARange) {
  BlobHarness harness({.limits = {.inline_body_bytes = 2048}});
  constexpr int kBlocks = 50'000;
  const std::string payload = pattern(1024, 1);
  std::vector<BlockListEntry> list;
  const auto stage_rows = [&](storage::MetaView& view) -> Result<void> {
    UploadRecord upload{UploadId{view.next_id()}, 1, 8, kBlocks, harness.clock.now()};
    view.put(upload_name_key(ContainerId{1}, upload.id), "big");
    view.put(upload_key(ContainerId{1}, "big"), encode(upload));
    for (int i = 0; i < kBlocks; ++i) {
      Block block;
      block.length = payload.size();
      block.bytes_row.value = view.next_id();
      view.put(block_bytes_key(ContainerId{1}, block.bytes_row), payload);
      view.put(staged_block_key(ContainerId{1}, upload.id, {numbered(i)}), encode(block));
    }
    return {};
  };
  ASSERT_TRUE(harness.run(harness.rows.transact({}, stage_rows)));
  for (int i = 0; i < kBlocks; ++i) list.push_back({kU, {numbered(i)}});
  ASSERT_TRUE(harness.commit("big", list));
  EXPECT_EQ(harness.rows_of(Table::kStagedBlock), 0u);
  EXPECT_EQ(harness.rows_of(Table::kSegment), 98u);
  const auto record = harness.rows.rows().at(blob_key(ContainerId{1}, "big"));
  EXPECT_LT(record.size(), 4096u);

  ASSERT_TRUE(harness.get("other").error().code == ErrorCode::kBlobNotFound);
  harness.meta.counts = {};
  EXPECT_EQ(harness.get("big", RequestedRange{30'000 * 1024, 30'000 * 1024 + 4095}),
            payload + payload + payload + payload);
  EXPECT_EQ(harness.meta.counts.reads, 1u + 1u + 4u) << "the record, one segment, four blocks";
}

}  // namespace
}  // namespace lapis::blob
