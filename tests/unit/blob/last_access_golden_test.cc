// A blob row with a time of last access as a file (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

Timestamp ticks(std::int64_t count) { return Timestamp(Ticks(count)); }

test::Goldens goldens() {
  BlobProperties properties;
  properties.etag.value = 7;
  properties.created = properties.last_modified = ticks(300);
  properties.content_length = 5;
  properties.last_access = ticks(600);
  Body body;
  body.inline_bytes = "hello";
  return {{"blob/blob_accessed", encode_blob(properties, encode_body(body))}};
}

TEST(LastAccessGolden, TodaysBytesAreThoseOfTheFile) { test::expect_golden_bytes(goldens()); }

TEST(LastAccessGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(LastAccessGolden, TheFileIsRead) {
  const auto blob = decode_blob(test::read_golden("blob/blob_accessed"));
  ASSERT_TRUE(blob) << to_string(blob.error());
  EXPECT_EQ(blob->properties.last_access, ticks(600));
  EXPECT_EQ(blob->properties.last_modified, ticks(300));
  EXPECT_EQ(blob->body.inline_bytes, "hello");
}

}  // namespace
}  // namespace lapis::blob
