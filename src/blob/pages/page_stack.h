// A page blob that was copied from another goes on with the pages of that one beneath its own: what
// its own map does not say is as the levels beneath show it, in generations that nobody writes to.
// So a copy is a few small writes whatever the size, and from then on each writes into its own map.
//
// A page that was cleared over one beneath that shows is a piece of zeros in the own map. Of a
// level only the pages before its end are seen: the copied blob's length, and no more than the
// copy's ever was since. Pieces beneath are never taken over: what a map names it has written.
#pragma once

#include <optional>
#include <vector>

#include "blob/pages/page_rows.h"

namespace lapis::blob {

// Generations of a map, as a blob sees them.
struct PageLevel {
  ContainerId home;  // of the map
  PageBody pages;
  std::uint64_t end = ~std::uint64_t{0};  // page from which on nothing of it is seen
};

// The blob's own level first, then what is beneath. Never empty.
using PageStack = std::vector<PageLevel>;

// Of a body that has pages, and that a row of `container` holds.
PageStack stack_of(ContainerId container, const Body& body);

struct StackedStripe {
  std::uint64_t stripe = 0;
  std::optional<StripeRow> own;
  PagePieces beneath;
  // What the stripe shows; in it there are no pieces of zeros.
  PagePieces seen() const;
};

// Walks the stripes of a span that have rows in any level, as StripeScan does those of one. Blocks.
class StackScan {
 public:
  // `snapshot` outlives it.
  StackScan(storage::MetaSnapshot& snapshot, const PageStack& stack, StripeSpan span,
            std::size_t steps = kStepsInJob);
  Result<std::optional<StackedStripe>> next();
  // As of StripeScan; steps are each level's.
  std::uint64_t end() const { return end_; }
  std::size_t steps_left() const;

 private:
  struct Level {
    StripeScan scan;
    StripeSpan span;    // of it
    std::uint64_t end;  // page
    std::optional<StripeRow> row = {};
    bool is_done = false;
  };
  Result<void> load(Level& level);

  std::uint64_t end_;
  std::vector<Level> levels_;
};

}  // namespace lapis::blob
