#include "blob/pages/page_pieces.h"

#include <algorithm>
#include <array>

#include "blob/record_fields.h"

namespace lapis::blob {
namespace {

PagePiece part_of(const PagePiece& piece, std::uint32_t first, std::uint32_t end) {
  PagePiece part = piece;
  part.first = first;
  part.pages = end - first;
  if (!is_zeros(piece)) part.offset += first - piece.first;
  return part;
}

// The piece that each page is in; null for none.
using ByPage = std::array<const PagePiece*, kStripePages>;
ByPage by_page(const PagePieces& pieces) {
  ByPage pages{};
  for (const PagePiece& piece : pieces) {
    for (std::uint32_t page = piece.first; page < piece.end(); ++page) pages[page] = &piece;
  }
  return pages;
}

bool are_same(const PagePiece& one, const PagePiece& other) {
  // Of one target, and as far into it.
  return one.target == other.target &&
         std::int64_t{one.offset} - one.first == std::int64_t{other.offset} - other.first;
}

PageChangeKind kind_of(const PagePiece* before, const PagePiece* now) {
  if (now == nullptr) return before == nullptr ? PageChangeKind::kNone : PageChangeKind::kCleared;
  const bool same = before != nullptr && are_same(*before, *now);
  return same ? PageChangeKind::kNone : PageChangeKind::kWritten;
}

}  // namespace

PageTarget target_of(std::uint64_t stripe, const PagePiece& piece) {
  return {piece.target, stripe * kStripePages + piece.first - piece.offset, piece.length};
}

bool names(const PagePieces& pieces, BlockTarget target) {
  return std::ranges::any_of(pieces, [&](const PagePiece& p) { return p.target == target; });
}

PagePiece piece_in(std::uint64_t stripe, const PageTarget& target) {
  const std::uint64_t begin = stripe * kStripePages;
  const std::uint64_t first = std::max(begin, target.first);
  const std::uint64_t end = std::min(begin + kStripePages, target.first + target.pages);
  PagePiece piece{0, 0, target.target, 0, target.pages};
  if (first >= end) return piece;
  piece.first = static_cast<std::uint32_t>(first - begin);
  piece.pages = static_cast<std::uint32_t>(end - first);
  piece.offset = static_cast<std::uint32_t>(first - target.first);
  return piece;
}

PagePieces without(const PagePieces& pieces, std::uint32_t first, std::uint32_t end) {
  PagePieces left;
  left.reserve(pieces.size() + 1);
  for (const PagePiece& piece : pieces) {
    const std::uint32_t before = std::min(piece.end(), first);
    if (piece.first < before) left.push_back(part_of(piece, piece.first, before));
    const std::uint32_t behind = std::max(piece.first, end);
    if (behind < piece.end()) left.push_back(part_of(piece, behind, piece.end()));
  }
  return left;
}

PagePieces before(PagePieces pieces, std::uint64_t stripe, std::uint64_t end) {
  const std::uint64_t begin = stripe * kStripePages;
  if (begin + kStripePages <= end) return pieces;
  const std::uint64_t first = end > begin ? end - begin : 0;
  return without(pieces, static_cast<std::uint32_t>(first), kStripePages);
}

PagePieces with(const PagePieces& pieces, const PagePiece& piece) {
  if (piece.pages == 0) return pieces;
  PagePieces all = without(pieces, piece.first, piece.end());
  all.insert(std::ranges::upper_bound(all, piece.first, {}, &PagePiece::first), piece);
  return all;
}

PagePieces over(const PagePieces& beneath, const PagePieces& pieces) {
  PagePieces all;
  all.reserve(beneath.size() + pieces.size());
  auto below = beneath.begin();
  const auto add_beneath = [&](std::uint32_t first, std::uint32_t end) {
    while (below != beneath.end() && below->end() <= first) ++below;
    for (auto it = below; it != beneath.end() && it->first < end; ++it) {
      const std::uint32_t from = std::max(first, it->first);
      const std::uint32_t to = std::min(end, it->end());
      if (from < to) all.push_back(part_of(*it, from, to));
    }
  };
  std::uint32_t at = 0;
  for (const PagePiece& piece : pieces) {
    add_beneath(at, piece.first);
    if (!is_zeros(piece)) all.push_back(piece);
    at = piece.end();
  }
  add_beneath(at, kStripePages);
  return all;
}

PagePieces cleared(const PagePieces& pieces, const PagePieces& beneath, std::uint32_t first,
                   std::uint32_t end) {
  const PagePieces left = without(pieces, first, end);
  PagePieces zeros;
  for (const PagePiece& hidden : beneath) {
    const std::uint32_t from = std::max(first, hidden.first);
    const std::uint32_t to = std::min(end, hidden.end());
    if (from < to) zeros.push_back({from, to - from, {}});
  }
  PagePieces all;
  all.reserve(left.size() + zeros.size());
  const auto add = [&all](const PagePiece& piece) {
    const bool goes_on =
        !all.empty() && is_zeros(piece) && is_zeros(all.back()) && all.back().end() == piece.first;
    if (goes_on) {
      all.back().pages += piece.pages;
    } else {
      all.push_back(piece);
    }
  };
  auto zero = zeros.begin();
  for (const PagePiece& piece : left) {
    for (; zero != zeros.end() && zero->first < piece.first; ++zero) add(*zero);
    add(piece);
  }
  for (; zero != zeros.end(); ++zero) add(*zero);
  return all;
}

void compare(const PagePieces& before, const PagePieces& now, std::uint32_t first,
             std::uint32_t end, const PageChangeSink& sink) {
  const ByPage old_pages = by_page(before);
  const ByPage new_pages = by_page(now);
  std::uint32_t begin = first;
  for (std::uint32_t page = first; page < end; ++page) {
    const PageChangeKind kind = kind_of(old_pages[page], new_pages[page]);
    const bool goes_on =
        page + 1 < end && kind_of(old_pages[page + 1], new_pages[page + 1]) == kind;
    if (goes_on) continue;
    if (kind != PageChangeKind::kNone) sink(kind, begin, page + 1 - begin);
    begin = page + 1;
  }
}

std::string encode(const PagePieces& pieces) {
  records::PageStripe message;
  for (const PagePiece& piece : pieces) {
    records::PagePiece* one = message.add_pieces();
    one->set_first(piece.first);
    one->set_pages(piece.pages);
    if (piece.target.space == 0) one->set_chunk(piece.target.id);
    if (piece.target.space != 0) one->set_bytes_row(piece.target.id);
    one->set_offset(piece.offset);
    one->set_length(piece.length);
  }
  return message.SerializeAsString();
}

Result<PagePieces> decode_pieces(std::string_view row, ContainerId container) {
  LAPIS_TRY(const auto message, parse_message<records::PageStripe>(row, "page stripe"));
  PagePieces pieces;
  pieces.reserve(static_cast<std::size_t>(message.pieces_size()));
  std::uint32_t end = 0;
  for (const records::PagePiece& one : message.pieces()) {
    const bool has_none = one.chunk() == 0 && one.bytes_row() == 0;
    const bool has_both = one.chunk() != 0 && one.bytes_row() != 0;
    const bool fits = one.first() >= end && one.first() < kStripePages && one.pages() > 0 &&
                      one.pages() <= kStripePages - one.first();
    const bool in_target =
        has_none ? one.offset() == 0 && one.length() == 0
                 : one.offset() < one.length() && one.pages() <= one.length() - one.offset();
    if (has_both || !fits || !in_target) return damaged("page stripe");
    const bool in_row = one.bytes_row() != 0;
    const BlockTarget target{in_row ? container.value : 0, in_row ? one.bytes_row() : one.chunk()};
    pieces.push_back({one.first(), one.pages(), target, one.offset(), one.length()});
    end = one.first() + one.pages();
  }
  return pieces;
}

}  // namespace lapis::blob
