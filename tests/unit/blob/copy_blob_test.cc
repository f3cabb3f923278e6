#include "lapis/blob/ops/copy_blob.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lapis/blob/ops/copy_blob_from_url.h"
#include "support/page_requests.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;
using test::ScriptedSources;

Result<CopyBlobResult> copy(BlobHarness& harness, const std::string& from, const std::string& to) {
  ScriptedSources sources;
  CopyBlob request;
  request.blob.key = key_of(to);
  request.source.url = "http://h/acct/box/" + from + "?sig=x";
  request.local = key_of(from);
  return harness.run(copy_blob(harness.service, std::move(request), sources));
}

TEST(CopyBlob, SharesTheBodyInAContainer) {
  BlobHarness harness;
  const std::string content = pattern(5000, 1);
  ASSERT_TRUE(harness.put("a", content));
  const auto held = harness.chunks.held_bytes();
  ASSERT_TRUE(copy(harness, "a", "b"));
  ASSERT_TRUE(copy(harness, "b", "c"));
  EXPECT_EQ(harness.chunks.held_bytes(), held) << "no bytes were written";
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(harness.get(name), content) << name;
}

// How many rows were put or erased.
std::size_t count_changes(const test::MetaRows& before, const test::MetaRows& after) {
  std::set<std::string> keys;
  for (const auto& [key, value] : before) {
    const auto it = after.find(key);
    if (it == after.end() || it->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : after) {
    if (!before.contains(key)) keys.insert(key);
  }
  return keys.size();
}

TEST(CopyBlob, WritesAFewRowsWhateverTheSize) {
  for (const int blocks : {1, 40, 800}) {
    SCOPED_TRACE(blocks);
    BlobHarness harness;
    const std::string content = harness.commit_mixed("a", blocks);
    harness.commit_mixed("large", blocks);
    const auto changes = [&harness](const std::string& from, const std::string& to) {
      const auto before = harness.rows.rows();
      const auto transactions = harness.meta.counts.transactions;
      EXPECT_TRUE(copy(harness, from, to));
      EXPECT_EQ(harness.meta.counts.transactions, transactions + 1);
      return count_changes(before, harness.rows.rows());
    };
    EXPECT_EQ(changes("a", "b"), 3u) << "the copy, its source with an id, how many hold the body";
    EXPECT_EQ(changes("a", "c"), 2u) << "the source has one";
    EXPECT_EQ(changes("c", "large"), 3u) << "what is replaced waits to be freed, in one row";
    EXPECT_EQ(changes("a", "a"), 1u) << "its properties";
    EXPECT_EQ(harness.get("large"), content);
  }
}

TEST(CopyBlob, TheLastOneFreesWhatWasShared) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(5000, 1)));
  ASSERT_TRUE(copy(harness, "a", "b"));
  ASSERT_TRUE(copy(harness, "a", "a"));
  ASSERT_TRUE(harness.put("a", "short"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.get("b"), pattern(5000, 1));
  ASSERT_TRUE(harness.put("b", "short"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.chunks.held_bytes(), 0u);
}

TEST(CopyBlob, MayBeMadeOverACopyOfTheSame) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", pattern(5000, 1)));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(copy(harness, "a", "b"));
  ASSERT_TRUE(harness.put("a", "1"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.get("b"), pattern(5000, 1));
}

TEST(CopyBlob, TakesTheTagsOfTheRequestAndIndexesThem) {
  BlobHarness harness;
  const auto index_rows = [&harness] { return harness.rows_of(storage::Table::kTag); };
  PutBlob tagged;
  tagged.key = key_of("a");
  tagged.tags = {{"of", "a"}, {"more", "1"}};
  ASSERT_TRUE(harness.put(tagged, pattern(5000, 1)));
  tagged.key = key_of("b");
  ASSERT_TRUE(harness.put(tagged, "other"));
  EXPECT_EQ(index_rows(), 4u);
  ASSERT_TRUE(copy(harness, "a", "b"));
  EXPECT_EQ(index_rows(), 2u);
  ScriptedSources sources;
  CopyBlob request;
  request.blob.key = key_of("b");
  request.blob.tags = {{"of", "b"}};
  request.source.url = "http://h/acct/box/a";
  request.local = key_of("a");
  ASSERT_TRUE(harness.run(copy_blob(harness.service, std::move(request), sources)));
  EXPECT_EQ(index_rows(), 3);
  const auto found = harness.run(get_blob(harness.service, {key_of("b"), {}, {}, {}}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->properties->tags, (Tags{{"of", "b"}}));
}

TEST(CopyBlob, SharesTheBodyOfWhatWhoeverAsksMayRead) {
  BlobHarness harness;
  const std::string content = pattern(5000, 1);
  ASSERT_TRUE(harness.put("a", content));
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "crate"}, {}})));
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"other", "crate"}, {}})));
  const auto held = harness.chunks.held_bytes();
  ScriptedSources sources;
  sources.content = content;
  sources.properties.own = key_of("a");
  sources.properties.type = BlobType::kBlock;
  const auto copy_to = [&](const BlobKey& to) {
    CopyBlob request;
    request.blob.key = to;
    request.source.url = "http://h/acct/box/a?sig=x";
    return harness.run(copy_blob(harness.service, std::move(request), sources));
  };
  sources.while_read = [] { ADD_FAILURE() << "it is read"; };
  ASSERT_TRUE(copy_to(key_of("b")));
  ASSERT_TRUE(copy_to({"acct", "crate", "b"}));
  EXPECT_EQ(harness.chunks.held_bytes(), held);
  EXPECT_EQ(harness.get("b"), content);
  sources.while_read = [] {};
  ASSERT_TRUE(copy_to({"other", "crate", "b"}));
  EXPECT_EQ(harness.chunks.held_bytes(), 2 * held) << "between accounts bytes are copied";
}

// A page blob of another account, which whoever asks may read: its pages are written again.
struct PagesElsewhere {
  PagesElsewhere() {
    EXPECT_TRUE(harness.run(create_container(harness.service, {{"other", "crate"}, {}})));
    EXPECT_TRUE(test::make_pages(harness, "disk", 4 * test::kStripe));
    EXPECT_TRUE(test::write_pages(harness, "disk", 0, pattern(9 * test::kPage, 1)));
    sources.content = "";
    sources.properties.own = key_of("disk");
    sources.properties.type = BlobType::kPage;
  }
  Result<CopyBlobResult> copy() {
    CopyBlob request;
    request.blob.key = to;
    request.source.url = "http://h/acct/box/disk?sig=x";
    return harness.run(copy_blob(harness.service, std::move(request), sources));
  }
  const BlobKey to{"other", "crate", "b"};
  BlobHarness harness{test::page_harness()};
  ScriptedSources sources;
};

TEST(CopyBlob, OfPagesFromAnotherAccountWaitsForItsTurn) {
  PagesElsewhere pages;
  pages.sources.busy = true;
  const auto refused = pages.copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kServerBusy);
  pages.sources.busy = false;
  EXPECT_TRUE(pages.copy());
  EXPECT_EQ(pages.sources.taken, 1);
  EXPECT_EQ(pages.sources.held, 0) << "given back";
  EXPECT_EQ(*pages.harness.get(pages.to), *pages.harness.get("disk"));
}

TEST(CopyBlob, OfPagesFromAnotherAccountEndsWhenTheServerStops) {
  PagesElsewhere pages;
  pages.sources.stopping = true;
  const auto copied = pages.copy();
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kServerBusy);
  EXPECT_EQ(pages.sources.held, 0);
  EXPECT_FALSE(pages.harness.run(get_blob(pages.harness.service, {pages.to, {}, {}, {}})));
}

// What would be recorded in one transaction is bounded; nothing of it is read.
TEST(CopyBlob, RewritesNoMoreThanItCanRecord) {
  BlobHarness harness;
  ScriptedSources sources;
  sources.content = "short";
  sources.while_read = [] { ADD_FAILURE() << "it is read"; };
  CopyBlob request;
  request.blob.key = key_of("b");
  request.source.url = "http://elsewhere/b";
  sources.claims = (std::uint64_t{256} << 30) + 1;
  const auto copied = harness.run(copy_blob(harness.service, request, sources));
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kRequestBodyTooLarge);
}

TEST(CopyBlob, IsCompletedWhenItIsDone) {
  BlobHarness harness;
  ScriptedSources slow;
  slow.content = pattern(5000, 1);
  slow.while_read = [&harness] { harness.clock.advance(std::chrono::seconds(10)); };
  const auto began = harness.clock.now();
  for (const bool synchronous : {false, true}) {
    PutBlob blob;
    blob.key = key_of("b");
    if (synchronous) {
      ASSERT_TRUE(harness.run(copy_blob_from_url(harness.service, {blob, {}}, slow)));
    } else {
      ASSERT_TRUE(harness.run(copy_blob(harness.service, {blob, {}, {}, {}}, slow)));
    }
    const auto found = harness.run(get_blob(harness.service, {key_of("b"), {}, {}, {}}));
    ASSERT_TRUE(found);
    const BlobProperties& properties = *found->properties;
    ASSERT_TRUE(properties.copy);
    EXPECT_EQ(properties.copy->completed, properties.last_modified);
    EXPECT_EQ(properties.copy->completed, harness.clock.now());
  }
  EXPECT_GE(harness.clock.now(), began + std::chrono::seconds(40)) << "it took its time";
}

TEST(CopyBlob, KeepsNoCredential) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "x"));
  ASSERT_TRUE(copy(harness, "a", "b"));
  const auto found = harness.run(get_blob(harness.service, {key_of("b"), {}, {}, {}}));
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->properties->copy);
  EXPECT_EQ(found->properties->copy->source, "http://h/acct/box/a");
  EXPECT_EQ(found->properties->copy->total, 1u);
}

}  // namespace
}  // namespace lapis::blob
