// The pages of one stripe of a page blob: which of them were written, and where their bytes lie.
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "blob/keys.h"
#include "lapis/base/result.h"
#include "lapis/blob/ops/put_page_blob.h"

namespace lapis::blob {

inline constexpr std::uint32_t kStripePages = 512;
inline constexpr std::uint64_t kStripeBytes = kStripePages * kPageBytes;

// Consecutive pages that lie one behind the other in one target: a chunk, or a row of table 26. Or
// in none: zeros, over pages of a level beneath (page_stack.h).
struct PagePiece {
  std::uint32_t first = 0;  // page in its stripe
  std::uint32_t pages = 0;
  BlockTarget target;
  std::uint32_t offset = 0;  // where they begin in the target, in pages
  std::uint32_t length = 0;  // of the whole target, in pages
  std::uint32_t end() const { return first + pages; }
  friend bool operator==(const PagePiece&, const PagePiece&) = default;
};

inline bool is_zeros(const PagePiece& piece) { return piece.target == BlockTarget{}; }

// In order, none over another. What is in no piece reads as what is beneath it, or as zeros.
using PagePieces = std::vector<PagePiece>;

// Where a target was written: pieces never move, so all that name it lie in these pages of the
// blob.
struct PageTarget {
  BlockTarget target;
  std::uint64_t first = 0;  // page in the blob
  std::uint32_t pages = 0;
  friend auto operator<=>(const PageTarget&, const PageTarget&) = default;
};
PageTarget target_of(std::uint64_t stripe, const PagePiece& piece);
bool names(const PagePieces& pieces, BlockTarget target);

// The part of `target` that lies in `stripe`; of no pages where none does.
PagePiece piece_in(std::uint64_t stripe, const PageTarget& target);

// What is left of `pieces` outside [first, end).
PagePieces without(const PagePieces& pieces, std::uint32_t first, std::uint32_t end);
// What is left of a stripe's pieces before page `end` of the blob.
PagePieces before(PagePieces pieces, std::uint64_t stripe, std::uint64_t end);
// With `piece` over what was there.
PagePieces with(const PagePieces& pieces, const PagePiece& piece);

// What is seen of pieces over what is beneath them, in which there are no zeros.
PagePieces over(const PagePieces& beneath, const PagePieces& pieces);
// `pieces` with [first, end) cleared: zeros where something beneath would be seen.
PagePieces cleared(const PagePieces& pieces, const PagePieces& beneath, std::uint32_t first,
                   std::uint32_t end);

// How pages [first, end) of a stripe changed from `before` to `now`, run by run. A page that was
// written again counts as changed, whatever its bytes.
enum class PageChangeKind : std::uint8_t { kNone, kWritten, kCleared };
using PageChangeSink =
    std::function<void(PageChangeKind kind, std::uint32_t first, std::uint32_t pages)>;
void compare(const PagePieces& before, const PagePieces& now, std::uint32_t first,
             std::uint32_t end, const PageChangeSink& sink);

// The value of a row of table 2b. Errors: kInternalError for damage.
std::string encode(const PagePieces& pieces);
Result<PagePieces> decode_pieces(std::string_view row, ContainerId container);

}  // namespace lapis::blob
