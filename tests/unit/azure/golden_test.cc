// Page markers that clients may hold across an update, as files (support/golden.h,
// docs/formats.md).
#include "support/golden.h"

#include <gtest/gtest.h>

#include "azure/request/markers.h"

namespace lapis::azure {
namespace {

test::Goldens goldens() {
  return {{"azure/marker_blob", encode_blob_marker({"a/b.txt", false})},
          {"azure/marker_past_prefix", encode_blob_marker({"a/", true})},
          {"azure/marker_container", encode_container_marker({"photos"})},
          {"azure/marker_deletion",
           encode_container_marker({"photos", Timestamp(Ticks(17'953'812'000'000'000))})}};
}

TEST(MarkerGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(MarkerGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(MarkerGolden, MarkersAreRead) {
  const auto blob = decode_blob_marker(test::read_golden("azure/marker_blob"));
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->name, "a/b.txt");
  EXPECT_FALSE(blob->past_prefix);
  const auto prefix = decode_blob_marker(test::read_golden("azure/marker_past_prefix"));
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->name, "a/");
  EXPECT_TRUE(prefix->past_prefix);
  const auto container = decode_container_marker(test::read_golden("azure/marker_container"));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->name, "photos");
  EXPECT_EQ(container->deleted, Timestamp{});
  const auto deletion = decode_container_marker(test::read_golden("azure/marker_deletion"));
  ASSERT_TRUE(deletion);
  EXPECT_EQ(deletion->name, "photos");
  EXPECT_EQ(deletion->deleted, Timestamp(Ticks(17'953'812'000'000'000)));
}

}  // namespace
}  // namespace lapis::azure
