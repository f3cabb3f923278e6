// Changing pages of a page blob. Where a stripe's row is found is looked up outside the
// transaction; what it says is read inside it by point reads, so that writers of one stripe need
// not look again (I14). They do where the blob began another generation since, or all of the stripe
// was cleared.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "blob/pages/page_stack.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Pages of a blob that are written with new targets, in order, or cleared where there are none.
struct PageChange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::vector<PageTarget> targets = {};
};

// The stripes that a change touches as they were.
struct PagePlan {
  PageBody pages;
  std::vector<StripeRow> stripes;  // one without a row has generation 0
  std::uint64_t end = 0;           // up to this page: less than was asked for where it is too much
};

// A transaction changes no more stripes than this.
inline constexpr std::size_t kStripesInChange = 256;

// For pages that are to be written, all of them at once: a row for each stripe. Blocks.
Result<PagePlan> plan_write(storage::MetaSnapshot& snapshot, const PageStack& stack,
                            std::uint64_t first, std::uint64_t end);
// For pages that are to be cleared: likewise, in as many stripes as a transaction takes. Of more
// than that only those that have pages, as far as one job gets: what is written meanwhile where
// nothing was stays. Blocks.
Result<PagePlan> plan_clear(storage::MetaSnapshot& snapshot, const PageStack& stack,
                            std::uint64_t first, std::uint64_t end);

// The stripes of a plan as they are by now. May point into the plan.
struct PlannedStripes {
  std::vector<const StripeRow*> stripes;
  std::deque<StripeRow> read = {};  // those that have changed
};

// Inside a transaction, for the blob's `pages`. Nothing where the plan does not tell any more which
// rows to go by: then the transaction is to change nothing.
Result<std::optional<PlannedStripes>> read_planned(storage::MetaView& view, ContainerId container,
                                                   const PagePlan& plan, const PageBody& pages);
// Then, in the same transaction.
Result<void> change_pages(storage::MetaView& view, ContainerId container,
                          const PlannedStripes& planned, const PageChange& change, PageBody& pages);

}  // namespace lapis::blob
