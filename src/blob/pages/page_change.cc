#include "blob/pages/page_change.h"

#include <algorithm>
#include <utility>

#include "blob/pages/page_map.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

// What the change leaves of one stripe.
PagePieces pieces_after(const StripeRow& stripe, const PageChange& change) {
  const std::uint64_t begin = stripe.stripe * kStripePages;
  const std::uint64_t first = std::max(begin, change.first);
  const std::uint64_t end = std::min(begin + kStripePages, change.end);
  if (first >= end) return stripe.pieces;
  PagePieces pieces = without(stripe.pieces, static_cast<std::uint32_t>(first - begin),
                              static_cast<std::uint32_t>(end - begin));
  for (const PageTarget& target : change.targets) {
    pieces = with(pieces, piece_in(stripe.stripe, target));
  }
  return pieces;
}

class Writer {
 public:
  Writer(storage::MetaView& view, ContainerId container, const PageChange& change)
      : view_(view), container_(container), change_(change) {}

  // Whether the rows are those that the plan was made from. Rows of generations before are never
  // changed, and one that shows is never erased.
  Result<bool> is_current(const PagePlan& plan) const {
    for (const StripeRow& stripe : plan.stripes) {
      LAPIS_TRY(const auto row, view_.get(key_of(plan.pages, stripe.stripe)));
      const bool was_there = stripe.generation == plan.pages.generation;
      if (row.has_value() != was_there || (row && *row != stripe.row)) return false;
    }
    return true;
  }

  Result<void> write(const PagePlan& plan, PageBody& pages) {
    LAPIS_TRY(const auto held, open_generation(view_, container_, pages));
    for (const StripeRow& stripe : plan.stripes) write_stripe(stripe, pages, held);
    std::ranges::sort(replaced_);
    const auto repeats = std::ranges::unique(replaced_);
    replaced_.erase(repeats.begin(), repeats.end());
    if (!replaced_.empty()) {
      queue_pages(view_, container_, {pages.map, false, false, std::move(replaced_)});
    }
    return {};
  }

 private:
  std::string key_of(const PageBody& pages, std::uint64_t stripe) const {
    return page_stripe_key({container_, pages.map, stripe, pages.generation});
  }

  void write_stripe(const StripeRow& stripe, const PageBody& pages,
                    const std::vector<std::uint64_t>& held) {
    const PagePieces pieces = pieces_after(stripe, change_);
    const bool had_row = stripe.generation != 0;
    const bool stays = had_row && shows(held, stripe.generation, pages.generation);
    if (had_row && !stays) {
      add_replaced(stripe, pieces);
      view_.erase(page_stripe_key({container_, pages.map, stripe.stripe, stripe.generation}));
    }
    // An empty row hides those of generations before.
    const bool hides = had_row && (stays || stripe.has_older);
    if (!pieces.empty() || hides) view_.put(key_of(pages, stripe.stripe), encode(pieces));
  }

  void add_replaced(const StripeRow& stripe, const PagePieces& now) {
    for (const PagePiece& piece : stripe.pieces) {
      if (!names(now, piece.target)) replaced_.push_back(target_of(stripe.stripe, piece));
    }
  }

  storage::MetaView& view_;
  const ContainerId container_;
  const PageChange& change_;
  std::vector<PageTarget> replaced_;
};

}  // namespace

Result<PagePlan> plan_write(storage::MetaSnapshot& snapshot, ContainerId container,
                            const PageBody& pages, std::uint64_t first, std::uint64_t end) {
  const StripeSpan span = stripes_of(first, end);
  PagePlan plan{pages, {}, end};
  StripeScan scan(snapshot, container, pages, span.first, span.end);
  for (std::uint64_t next = span.first; next < span.end;) {
    LAPIS_TRY(auto row, scan.next());
    const std::uint64_t upto = row ? row->stripe : span.end;
    for (; next < upto; ++next) plan.stripes.push_back({next, 0, false, {}, {}});
    if (!row) break;
    plan.stripes.push_back(*std::move(row));
    ++next;
  }
  return plan;
}

Result<PagePlan> plan_clear(storage::MetaSnapshot& snapshot, ContainerId container,
                            const PageBody& pages, std::uint64_t first, std::uint64_t end) {
  const StripeSpan span = stripes_of(first, end);
  PagePlan plan{pages, {}, end};
  StripeScan scan(snapshot, container, pages, span.first, span.end);
  while (true) {
    LAPIS_TRY(auto row, scan.next());
    if (!row) return plan;
    if (row->pieces.empty()) continue;
    if (plan.stripes.size() == kStripesInChange) {
      plan.end = row->stripe * kStripePages;
      return plan;
    }
    plan.stripes.push_back(*std::move(row));
  }
}

Result<bool> change_pages(storage::MetaView& view, ContainerId container, const PagePlan& plan,
                          const PageChange& change, PageBody& pages) {
  if (pages.map != plan.pages.map || pages.generation != plan.pages.generation) return false;
  Writer writer(view, container, change);
  LAPIS_TRY(const bool is_current, writer.is_current(plan));
  if (!is_current) return false;
  if (!plan.stripes.empty()) LAPIS_TRY_VOID(writer.write(plan, pages));
  return true;
}

}  // namespace lapis::blob
