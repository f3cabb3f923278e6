// What copies of page blobs are made of, as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/pages/page_stack.h"
#include "blob/record_fields.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

constexpr ContainerId kBox{258};

Body layered() {
  Body body;
  body.pages = {PageMapId{602}, 1, 0};
  body.layers.push_back({{PageMapId{600}, 2, 0}, 2048, {}, {}});
  body.layers.push_back(
      {{PageMapId{601}, 1, 0}, 1024, BodyId{603}, {ContainerId{259}, BodyId{604}}});
  return body;
}

PageMap lent() { return PageMap{{{1, 0, 2}, {3, 1, 1}}}; }

// Pages 0 to 7 cleared over a layer, page 9 written.
PagePieces zeros() { return {{0, 8, {}, 0, 0}, {9, 1, {258, 12}, 0, 1}}; }

CopyProperties incremental() {
  CopyProperties copy;
  copy.source = "http://h/a/b/d?snapshot=s";
  copy.copied = copy.total = 512;
  copy.incremental = {Timestamp(Ticks(700)), kBox, "d", Timestamp(Ticks(600))};
  return copy;
}

test::Goldens goldens() {
  return {{"blob/body_layered", encode_body(layered())},
          {"blob/page_map_lent", encode(lent())},
          {"blob/page_stripe_zeros", encode(zeros())},
          {"blob/copy_incremental", to_message(incremental()).SerializeAsString()}};
}

TEST(LayerGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(LayerGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(LayerGolden, TheFilesAreRead) {
  const auto body = decode_body(test::read_golden("blob/body_layered"));
  ASSERT_TRUE(body) << to_string(body.error());
  const PageStack stack = stack_of(kBox, *body);
  ASSERT_EQ(stack.size(), 3u);
  EXPECT_EQ(stack[0].home, kBox);
  EXPECT_EQ(stack[0].pages.map, PageMapId{602});
  EXPECT_EQ(stack[1].home, kBox);
  EXPECT_EQ(stack[1].pages.generation, 2u);
  EXPECT_EQ(stack[1].end, 2048u);
  EXPECT_EQ(stack[2].home, ContainerId{259});
  EXPECT_EQ(body->layers[1].id, BodyId{603});
  const auto map = decode_page_map(test::read_golden("blob/page_map_lent"));
  ASSERT_TRUE(map);
  ASSERT_EQ(map->generations.size(), 2u);
  EXPECT_EQ(map->generations[0].rows, 0u);
  EXPECT_EQ(map->generations[0].loans, 2u);
  EXPECT_EQ(map->generations[1].holders(), 2u);
  const auto pieces = decode_pieces(test::read_golden("blob/page_stripe_zeros"), kBox);
  ASSERT_TRUE(pieces);
  EXPECT_EQ(*pieces, zeros());
  records::Copy message;
  ASSERT_TRUE(message.ParseFromString(test::read_golden("blob/copy_incremental")));
  const auto copy = copy_from(message);
  ASSERT_TRUE(copy && copy->incremental);
  EXPECT_EQ(copy->incremental->snapshot, Timestamp(Ticks(700)));
  EXPECT_EQ(copy->incremental->source_container, kBox);
  EXPECT_EQ(copy->incremental->source, "d");
  EXPECT_EQ(copy->incremental->source_snapshot, Timestamp(Ticks(600)));
}

TEST(LayerGolden, DamageIsRefused) {
  Body body = layered();
  body.layers[0].pages.generation = 0;
  EXPECT_FALSE(decode_body(encode_body(body)));
  body = layered();
  body.layers[1].id = {};
  EXPECT_FALSE(decode_body(encode_body(body)));
  body = layered();
  body.pages = {};
  EXPECT_FALSE(decode_body(encode_body(body)));
  EXPECT_FALSE(decode_page_map(encode(PageMap{{{1, 0, 0}}})));
  PagePieces pieces = zeros();
  pieces[0].length = 8;
  EXPECT_FALSE(decode_pieces(encode(pieces), kBox));
}

}  // namespace
}  // namespace lapis::blob
