// The pages of one stripe: what writing and clearing leave, and what changed.
#include "blob/pages/page_pieces.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <tuple>

#include "blob/records.h"
#include "lapis/base/hex.h"

namespace lapis::blob {
namespace {

constexpr ContainerId kBox{258};

PagePiece piece(std::uint32_t first, std::uint32_t pages, std::uint64_t chunk,
                std::uint32_t offset = 0, std::uint32_t length = 0) {
  return {first, pages, {0, chunk}, offset, length == 0 ? offset + pages : length};
}

TEST(PagePieces, AreCutWherePagesAreCleared) {
  const PagePieces whole{piece(10, 20, 1, 3)};
  struct Case {
    std::uint32_t first, end;
    PagePieces left;
  };
  for (const Case& c : {
           Case{0, 10, whole},
           Case{30, 512, whole},
           Case{0, 512, {}},
           Case{10, 30, {}},
           Case{0, 15, {piece(15, 15, 1, 8, 23)}},
           Case{25, 40, {piece(10, 15, 1, 3, 23)}},
           Case{12, 14, {piece(10, 2, 1, 3, 23), piece(14, 16, 1, 7, 23)}},
       }) {
    EXPECT_EQ(without(whole, c.first, c.end), c.left) << c.first << "-" << c.end;
  }
}

// Of what is seen of a stripe, page by page: the target and where in it; nothing for zeros.
using Seen = std::array<std::pair<std::uint64_t, std::uint32_t>, kStripePages>;
Seen seen_of(const PagePieces& pieces, Seen seen = {}) {
  for (const PagePiece& one : pieces) {
    for (std::uint32_t i = 0; i < one.pages; ++i) {
      const bool zero = is_zeros(one);
      seen[one.first + i] = {one.target.id, zero ? 0 : one.offset + i};
    }
  }
  return seen;
}

PagePieces random_pieces(std::mt19937& random, std::uint64_t chunk, bool with_zeros) {
  PagePieces pieces;
  for (std::uint32_t at = random() % 40; at < kStripePages; at += random() % 40) {
    const std::uint32_t pages = std::min<std::uint32_t>(1 + random() % 40, kStripePages - at);
    const bool zero = with_zeros && random() % 4 == 0;
    pieces.push_back(zero ? PagePiece{at, pages, {}} : piece(at, pages, ++chunk, random() % 9));
    at += pages;
  }
  return pieces;
}

TEST(PagePieces, AreSeenOverWhatIsBeneath) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    const PagePieces beneath = random_pieces(random, 1000, false);
    const PagePieces pieces = random_pieces(random, 1, true);
    const PagePieces both = over(beneath, pieces);
    EXPECT_EQ(seen_of(both), seen_of(pieces, seen_of(beneath)));
    EXPECT_TRUE(std::ranges::none_of(both, is_zeros));
    EXPECT_TRUE(decode_pieces(encode(both), kBox)) << "in order, none over another";
    const std::uint32_t first = random() % kStripePages;
    const std::uint32_t end = first + 1 + random() % (kStripePages - first);
    const PagePieces left = cleared(pieces, beneath, first, end);
    Seen expected = seen_of(both);
    std::fill(expected.begin() + first, expected.begin() + end, Seen::value_type{});
    EXPECT_EQ(seen_of(over(beneath, left)), expected);
    EXPECT_TRUE(decode_pieces(encode(left), kBox));
    EXPECT_EQ(cleared(left, beneath, first, end), left) << "nothing is left to be cleared";
  }
  EXPECT_EQ(cleared({piece(3, 5, 7)}, {}, 0, 512), PagePieces{}) << "nothing is beneath";
  EXPECT_EQ(cleared({}, {piece(1, 2, 7), piece(3, 2, 8)}, 2, 9), (PagePieces{{2, 3, {}}}));
}

TEST(PagePieces, OfATargetLieWhereItWasWritten) {
  const PageTarget target{{0, 7}, 500, 600};
  EXPECT_EQ(piece_in(0, target), piece(500, 12, 7, 0, 600));
  EXPECT_EQ(piece_in(1, target), piece(0, 512, 7, 12, 600));
  EXPECT_EQ(piece_in(2, target), piece(0, 76, 7, 524, 600));
  EXPECT_EQ(piece_in(3, target).pages, 0u);
  for (std::uint64_t stripe = 0; stripe < 3; ++stripe) {
    EXPECT_EQ(target_of(stripe, piece_in(stripe, target)), target);
  }
}

TEST(PagePieces, AgreeWithAnArrayOfPages) {
  std::mt19937 random(7);
  using Pages = std::array<std::pair<std::uint64_t, std::uint32_t>, kStripePages>;
  Pages model{};
  PagePieces pieces;
  for (std::uint64_t step = 1; step <= 3000; ++step) {
    const Pages before_model = model;
    const PagePieces before = pieces;
    const auto first = static_cast<std::uint32_t>(random() % kStripePages);
    const auto end = first + 1 + static_cast<std::uint32_t>(random() % (kStripePages - first));
    const bool clears = random() % 4 == 0;
    pieces = clears ? without(pieces, first, end) : with(pieces, piece(first, end - first, step));
    for (std::uint32_t page = first; page < end; ++page) {
      model[page] = clears ? std::pair(std::uint64_t{0}, 0u) : std::pair(step, page - first);
    }
    Pages read{};
    std::uint32_t last_end = 0;
    for (const PagePiece& one : pieces) {
      ASSERT_GE(one.first, last_end);
      last_end = one.end();
      for (std::uint32_t i = 0; i < one.pages; ++i) {
        read[one.first + i] = {one.target.id, one.offset + i};
      }
    }
    ASSERT_EQ(read, model) << "step " << step;
    ASSERT_EQ(*decode_pieces(encode(pieces), kBox), pieces);
    std::array<PageChangeKind, kStripePages> changed{};
    compare(before, pieces, 0, kStripePages, [&](auto kind, auto at, auto pages) {
      for (std::uint32_t i = 0; i < pages; ++i) changed[at + i] = kind;
    });
    for (std::uint32_t page = 0; page < kStripePages; ++page) {
      const bool same = model[page] == before_model[page];
      const auto kind = same                     ? PageChangeKind::kNone
                        : model[page].first != 0 ? PageChangeKind::kWritten
                                                 : PageChangeKind::kCleared;
      ASSERT_EQ(changed[page], kind) << "step " << step << " page " << page;
    }
  }
}

TEST(PagePieces, DamagedRowsAreRefused) {
  const PagePiece good = piece(0, 8, 1);
  const auto damaged = [](const PagePieces& pieces) {
    const auto decoded = decode_pieces(encode(pieces), kBox);
    return !decoded && decoded.error().code == ErrorCode::kInternalError;
  };
  EXPECT_FALSE(damaged({good}));
  EXPECT_TRUE(damaged({good, piece(7, 1, 2)})) << "over another";
  EXPECT_TRUE(damaged({piece(511, 2, 1)})) << "beyond the stripe";
  EXPECT_TRUE(damaged({piece(0, 8, 0)})) << "in nothing";
  EXPECT_TRUE(damaged({PagePiece{0, 8, {0, 1}, 4, 8}})) << "beyond its chunk";
  EXPECT_TRUE(damaged({PagePiece{0, 0, {0, 1}, 0, 8}})) << "of no pages";
  EXPECT_FALSE(decode_pieces("\xff", kBox));
}

TEST(PagePieces, HaveTheFormatThatIsWrittenDown) {
  const PagePieces pieces{{0, 8, {0, 7}, 16, 8192}, {9, 1, {kBox.value, 12}, 0, 1}};
  EXPECT_EQ(to_hex(encode(pieces)),
            "0a09100818072810308040"
            "0a0808091001200c3001");
}

TEST(PageRows, HaveTheFormatsThatAreWrittenDown) {
  const PageMapId map{600};
  EXPECT_EQ(to_hex(page_stripe_key({kBox, map, 3, 1})),
            "2b000000000000010200000000000002580000000000000003fffffffffffffffe");
  EXPECT_EQ(to_hex(page_map_key(kBox, map)), "3100000000000001020000000000000258");
  EXPECT_EQ(to_hex(encode(PageMap{{{1, 2}, {3, 1}}})), "0a04080110020a0408031001");
  Body body;
  body.pages = {map, 2, 0};
  EXPECT_EQ(to_hex(encode_body(body)), "50d8045802");
  Release release;
  release.pages = PageRelease{map, false, false, {{{0, 7}, 1024, 8}}};
  EXPECT_EQ(to_hex(encode(release)), "0a00420c08d804220710071880082008");
}

TEST(PageRows, AreTakenApart) {
  const PageStripeKey key{kBox, PageMapId{600}, 1ull << 34, 7};
  const auto parsed = parse_page_stripe_key(page_stripe_key(key));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::tie(parsed->container, parsed->map, parsed->stripe, parsed->generation),
            std::tie(key.container, key.map, key.stripe, key.generation));
  EXPECT_LT(page_stripe_key({kBox, key.map, 4, 8}), page_stripe_key({kBox, key.map, 4, 7}));
  EXPECT_LT(page_stripe_key({kBox, key.map, 4, 1}), page_stripe_key({kBox, key.map, 5, 9}));
  const auto map = parse_page_map_key(page_map_key(kBox, key.map));
  ASSERT_TRUE(map);
  EXPECT_EQ(map->map, key.map);
  EXPECT_FALSE(parse_page_map_key(page_map_key(kBox, key.map) + "x"));
  for (const PageMap& damaged : {PageMap{}, PageMap{{{2, 1}, {1, 1}}}, PageMap{{{1, 0}}}}) {
    EXPECT_FALSE(decode_page_map(encode(damaged)));
  }
  Release release;
  release.pages = PageRelease{key.map, true, false, {{{kBox.value, 7}, 5, 8}}};
  const auto back = decode_release(encode(release));
  ASSERT_TRUE(back && back->pages);
  EXPECT_TRUE(back->pages->whole && !back->pages->thinned);
  EXPECT_EQ(back->pages->targets, release.pages->targets);
}

}  // namespace
}  // namespace lapis::blob
