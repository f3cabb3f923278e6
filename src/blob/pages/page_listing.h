// What is written in a page blob, or changed between two generations, range by range.
#pragma once

#include "blob/pages/page_stack.h"
#include "lapis/blob/ops/get_page_ranges.h"

namespace lapis::blob {

// The pages of a blob that are told of, as it sees them.
struct ListedPages {
  PageStack stack;
  std::uint64_t length = 0;  // of the blob, in pages: what rows say behind it is unseen
};

struct PageListing {
  std::uint64_t first = 0;  // pages
  std::uint64_t end = 0;
  std::size_t most = 0;  // ranges
};

struct ListedRanges {
  std::vector<PageRange> ranges;
  std::optional<std::uint64_t> next = {};  // byte where it goes on
};

// Puts a list together, step by step. Used by one thread at a time.
class PageLister {
 public:
  // With `before`, of the same map and no younger, what changed since. `snapshot` outlives it.
  PageLister(storage::MetaSnapshot& snapshot, const ListedPages& now,
             const std::optional<ListedPages>& before, const PageListing& listing);

  // Lists on, as far as one job should. Blocks.
  Result<void> step(std::size_t steps = kStepsInJob);
  // Nothing is left, or there is no room for more.
  bool is_done() const { return full_at_ || left_.first >= left_.end; }
  ListedRanges take();

 private:
  void add(std::uint64_t stripe, const PagePieces& old, const PagePieces& now);
  bool add_range(std::uint64_t page, std::uint64_t pages, bool is_cleared);

  storage::MetaSnapshot& snapshot_;
  const ListedPages now_;
  const std::optional<ListedPages> before_;
  const PageListing listing_;
  StripeSpan left_;  // to be walked
  std::vector<PageRange> ranges_;
  std::optional<std::uint64_t> full_at_;  // page that there was no room for
};

}  // namespace lapis::blob
