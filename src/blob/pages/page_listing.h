// What is written in a page blob, or changed between two generations, range by range.
#pragma once

#include "blob/pages/page_rows.h"
#include "lapis/blob/ops/get_page_ranges.h"

namespace lapis::blob {

// The pages of a blob that are told of, as a generation sees them.
struct ListedPages {
  PageBody pages;
  std::uint64_t length = 0;  // of the blob, in pages: what rows say behind it is unseen
};

struct PageListing {
  std::uint64_t first = 0;  // pages
  std::uint64_t end = 0;
  std::size_t most = 0;   // ranges
  bool cuts_walk = true;  // ends early where there is much to walk
};

struct ListedRanges {
  std::vector<PageRange> ranges;
  std::optional<std::uint64_t> next = {};  // byte where it goes on
};

// With `before`, of the same map and no younger, what changed since. Blocks.
Result<ListedRanges> list_pages(storage::MetaSnapshot& snapshot, ContainerId container,
                                const ListedPages& now, const std::optional<ListedPages>& before,
                                const PageListing& listing);

}  // namespace lapis::blob
