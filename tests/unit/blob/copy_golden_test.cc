// What format 1 has of copies, as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

Timestamp ticks(std::int64_t count) { return Timestamp(Ticks(count)); }

Guid guid() {
  Guid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(i);
  return id;
}

BlobProperties properties() {
  BlobProperties p;
  p.etag.value = 7;
  p.created = ticks(16);
  p.last_modified = ticks(300);
  p.copy = CopyProperties{guid(), "http://h/a/c/b", CopyStatus::kFailed, "404 x", 3, 5, ticks(18)};
  return p;
}

test::Goldens goldens() {
  return {{"blob/blob_copy_failed", encode_blob(properties(), encode_body(Body{}))}};
}

TEST(CopyGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(CopyGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(CopyGolden, WhatABlobSaysOfItsCopyIsRead) {
  const auto blob = decode_blob(test::read_golden("blob/blob_copy_failed"));
  ASSERT_TRUE(blob) << to_string(blob.error());
  ASSERT_TRUE(blob->properties.copy);
  const CopyProperties& copy = *blob->properties.copy;
  EXPECT_EQ(copy.id, guid());
  EXPECT_EQ(copy.source, "http://h/a/c/b");
  EXPECT_EQ(copy.status, CopyStatus::kFailed);
  EXPECT_EQ(copy.description, "404 x");
  EXPECT_EQ(copy.copied, 3u);
  EXPECT_EQ(copy.total, 5u);
  EXPECT_EQ(copy.completed, ticks(18));
}

TEST(CopyGolden, DamagedRecordsAreRefused) {
  BlobProperties bad = properties();
  bad.copy->status = static_cast<CopyStatus>(9);
  EXPECT_FALSE(decode_blob(encode_blob(bad, encode_body(Body{}))));
}

}  // namespace
}  // namespace lapis::blob
