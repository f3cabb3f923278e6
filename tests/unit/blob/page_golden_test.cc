// Page blobs among the golden files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

constexpr ContainerId kBox{0x102};
constexpr PageMapId kMap{600};

BlobRecord page_blob() {
  BlobRecord blob;
  blob.properties.type = BlobType::kPage;
  blob.properties.etag.value = 7;
  blob.properties.content_length = 1024;
  blob.properties.tier_inferred = false;
  blob.properties.sequence_number = 9;
  blob.body.pages = {kMap, 2, 1};
  return blob;
}

PagePieces pieces() { return {{0, 8, {0, 7}, 16, 8192}, {9, 1, {kBox.value, 12}, 0, 1}}; }

Release release_of(PageRelease pages) {
  Release release;
  release.pages = std::move(pages);
  return release;
}
Release whole() { return release_of({kMap, true}); }
Release thinned() { return release_of({kMap, false, true}); }
Release targets() {
  return release_of({kMap, false, false, {{{0, 7}, 1024, 8}, {{kBox.value, 12}, 9, 1}}});
}
Release behind() { return release_of({kMap, false, false, {}, PagesBehind{"disk", 4096}}); }

test::Goldens goldens() {
  const BlobRecord blob = page_blob();
  return {{"blob/blob_page", encode_blob(blob.properties, encode_body(blob.body))},
          {"blob/page_stripe", encode(pieces())},
          {"blob/page_map", encode(PageMap{{{1, 2}, {3, 1}}})},
          {"blob/release_page_map", encode(whole())},
          {"blob/release_page_generation", encode(thinned())},
          {"blob/release_page_targets", encode(targets())},
          {"blob/release_pages_behind", encode(behind())},
          {"blob/page_keys", test::key_lines({{"page_stripe", page_stripe_key({kBox, kMap, 3, 1})},
                                              {"page_map", page_map_key(kBox, kMap)}})}};
}

TEST(PageGolden, EncodersWriteTheGoldenBytes) { test::expect_golden_bytes(goldens()); }

TEST(PageGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(PageGolden, BlobsAreReadBack) {
  const auto blob = decode_blob(test::read_golden("blob/blob_page"));
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->properties.type, BlobType::kPage);
  EXPECT_EQ(blob->properties.content_length, 1024u);
  EXPECT_EQ(blob->properties.sequence_number, 9u);
  EXPECT_EQ(blob->body.pages.map, kMap);
  EXPECT_EQ(blob->body.pages.generation, 2u);
  EXPECT_EQ(blob->body.pages.length_changes, 1u);
}

TEST(PageGolden, StripesAreReadBack) {
  const auto stripe = decode_pieces(test::read_golden("blob/page_stripe"), kBox);
  ASSERT_TRUE(stripe);
  EXPECT_EQ(*stripe, pieces());
}

TEST(PageGolden, MapsAreReadBack) {
  const auto map = decode_page_map(test::read_golden("blob/page_map"));
  ASSERT_TRUE(map);
  ASSERT_EQ(map->generations.size(), 2u);
  EXPECT_EQ(map->generations[0].number, 1u);
  EXPECT_EQ(map->generations[0].rows, 2u);
  EXPECT_EQ(map->generations[1].number, 3u);
  EXPECT_EQ(map->generations[1].rows, 1u);
}

PageRelease read_release(const char* name) {
  const auto release = decode_release(test::read_golden(name));
  EXPECT_TRUE(release && release->pages) << name;
  if (!release || !release->pages) return {};
  EXPECT_EQ(release->pages->map, kMap) << name;
  return *release->pages;
}

TEST(PageGolden, ReleasesAreReadBack) {
  const PageRelease map = read_release("blob/release_page_map");
  EXPECT_TRUE(map.whole);
  EXPECT_FALSE(map.thinned);
  const PageRelease generation = read_release("blob/release_page_generation");
  EXPECT_FALSE(generation.whole);
  EXPECT_TRUE(generation.thinned);
  const PageRelease named = read_release("blob/release_page_targets");
  EXPECT_FALSE(named.whole || named.thinned || named.behind);
  EXPECT_EQ(named.targets, targets().pages->targets);
  const PageRelease rest = read_release("blob/release_pages_behind");
  EXPECT_TRUE(rest.targets.empty());
  ASSERT_TRUE(rest.behind);
  EXPECT_EQ(rest.behind->blob, "disk");
  EXPECT_EQ(rest.behind->end, 4096u);
}

TEST(PageGolden, DamagedReleasesAreRefused) {
  EXPECT_FALSE(decode_release(encode(release_of({PageMapId{}, true}))));
  EXPECT_FALSE(
      decode_release(encode(release_of({kMap, false, false, {}, PagesBehind{"disk", 0}}))));
  EXPECT_FALSE(decode_release(encode(release_of({kMap, false, false, {}, PagesBehind{"", 8}}))));
}

}  // namespace
}  // namespace lapis::blob
