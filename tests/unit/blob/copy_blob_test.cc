#include "lapis/blob/ops/copy_blob.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;

// A local copy asks for no source.
class NoSources final : public CopySources {
 public:
  io::Task<Result<std::unique_ptr<CopySource>>> open(SourceRequest) override {
    co_return fail(ErrorCode::kCannotVerifyCopySource);
  }
};

Result<CopyBlobResult> copy(BlobHarness& harness, const std::string& from, const std::string& to) {
  NoSources sources;
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
  NoSources sources;
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
