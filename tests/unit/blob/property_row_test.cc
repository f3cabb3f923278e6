// What Set Blob Metadata, Properties and Tier have in common: the content is not touched.
#include "blob/property_row.h"

#include <gtest/gtest.h>

#include "blob/records.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::latest;
using test::pattern;

// Each of them on blob "a"; true where it succeeded.
struct Operation {
  const char* name;
  bool (*run)(BlobHarness& harness);
};

bool set_metadata(BlobHarness& harness) {
  return harness.run(set_blob_metadata(harness.service, {key_of("a"), {{"k", "v"}}, {}, {}}))
      .has_value();
}
bool set_properties(BlobHarness& harness) {
  SetBlobProperties request;
  request.key = key_of("a");
  request.http.content_type = "text/x";
  return harness.run(set_blob_properties(harness.service, request)).has_value();
}
bool set_tier(BlobHarness& harness) {
  return harness.run(set_blob_tier(harness.service, {key_of("a"), AccessTier::kCool, {}}))
      .has_value();
}
constexpr Operation kOperations[] = {
    {"metadata", set_metadata}, {"properties", set_properties}, {"tier", set_tier}};

// Makes "a" of every kind of body, and returns what it holds.
struct Content {
  const char* name;
  std::string (*make)(BlobHarness& harness);
};

std::string put_content(BlobHarness& harness, std::size_t length) {
  const std::string text = pattern(length, length);
  EXPECT_TRUE(harness.put("a", text));
  return text;
}
std::string commit_content(BlobHarness& harness, int blocks) {
  std::string text;
  std::vector<std::string> ids;
  for (int i = 0; i < blocks; ++i) {
    const std::string block = pattern(static_cast<std::size_t>(5 + i % 40), i);
    ids.push_back("B" + std::to_string(100 + i));
    EXPECT_TRUE(harness.stage("a", ids.back(), block));
    text += block;
  }
  EXPECT_TRUE(harness.commit("a", latest(ids)));
  return text;
}
const Content kContents[] = {
    {"empty", [](BlobHarness& harness) { return put_content(harness, 0); }},
    {"inline", [](BlobHarness& harness) { return put_content(harness, 10); }},
    {"chunks", [](BlobHarness& harness) { return put_content(harness, 350); }},
    {"blocks", [](BlobHarness& harness) { return commit_content(harness, 5); }},
    {"segments", [](BlobHarness& harness) { return commit_content(harness, 40); }},
};

TEST(PropertyChange, LeavesTheContentOfEveryKindOfBodyAlone) {
  for (const Content& content : kContents) {
    BlobHarness harness;
    const std::string text = content.make(harness);
    ASSERT_TRUE(harness.reclaim());
    const std::uint64_t held = harness.chunks.held_bytes();
    for (const Operation& operation : kOperations) {
      ASSERT_TRUE(operation.run(harness)) << content.name << " " << operation.name;
      EXPECT_EQ(harness.rows_of(storage::Table::kRelease), 0u)
          << content.name << " " << operation.name << " gave something up";
      EXPECT_EQ(harness.get("a"), text) << content.name << " " << operation.name;
    }
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.held_bytes(), held) << content.name;
    EXPECT_EQ(harness.get("a"), text) << content.name;
    ASSERT_TRUE(harness.erase("a"));
    ASSERT_TRUE(harness.reclaim());
    EXPECT_EQ(harness.chunks.held_bytes(), 0u) << content.name << " was forgotten";
  }
}

TEST(PropertyChange, KeepsTheCommittedBlocksForTheNextList) {
  BlobHarness harness;
  const std::string text = commit_content(harness, 3);
  for (const Operation& operation : kOperations) ASSERT_TRUE(operation.run(harness));
  ASSERT_TRUE(harness.commit("a", latest({"B100", "B101", "B102"})));
  EXPECT_EQ(harness.get("a"), text);
}

TEST(PropertyChange, LeavesUncommittedBlocksAlone) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "content"));
  ASSERT_TRUE(harness.stage("a", "AAAA", pattern(50, 1)));
  for (const Operation& operation : kOperations) ASSERT_TRUE(operation.run(harness));
  ASSERT_EQ(harness.blocks("a")->uncommitted.size(), 1u);
  ASSERT_TRUE(harness.commit("a", latest({"AAAA"})));
  EXPECT_EQ(harness.get("a"), pattern(50, 1));
}

TEST(PropertyChange, IsSeenByEveryShardAtOnce) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "content"));
  Service other(harness.meta, harness.chunks, harness.blocking, harness.clock, {}, 1 << 20,
                harness.service.epochs);
  for (int i = 0; i < 10; ++i) {
    const Metadata metadata = {{"k", std::to_string(i)}};
    ASSERT_TRUE(harness.run(set_blob_metadata(harness.service, {key_of("a"), metadata, {}, {}})));
    const auto seen = harness.run(get_blob_properties(other, {key_of("a"), {}, {}}));
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->properties->metadata, metadata);
  }
}

TEST(PropertyChange, FailsOnADamagedRow) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", "content"));
  const auto damage = [rows = harness.rows.rows()](storage::MetaView& view) -> Result<void> {
    for (const auto& [key, row] : rows) {
      if (parse_name_key(key)) view.put(key, "\xff\xff\xff\xff");
    }
    return {};
  };
  ASSERT_TRUE(harness.run(harness.meta.transact({}, damage)));
  for (const Operation& operation : kOperations) EXPECT_FALSE(operation.run(harness));
}

TEST(EncodedBodyOf, IsTheRowBehindItsProperties) {
  const std::string body = encode_body({"bytes", {}, {}, false, {}, {}});
  const std::string row = encode_blob({}, body);
  EXPECT_EQ(encoded_body_of(row), body);
  EXPECT_FALSE(encoded_body_of("\x01"));
  EXPECT_FALSE(encoded_body_of(std::string_view("\x09\0\0\0", 4)));
}

}  // namespace
}  // namespace lapis::blob
