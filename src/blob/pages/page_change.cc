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
  const auto from = static_cast<std::uint32_t>(first - begin);
  const auto to = static_cast<std::uint32_t>(end - begin);
  PagePieces pieces = cleared(stripe.pieces, stripe.beneath, from, to);
  for (const PageTarget& target : change.targets) {
    pieces = with(pieces, piece_in(stripe.stripe, target));
  }
  return pieces;
}

// Since the plan was made rows were written of the blob's generation only. So one that is there is
// what the stripe shows; while there is none that is what showed before, if its row is there still.
// Else both were cleared away. False where it is not known.
Result<bool> add_current(storage::MetaView& view, ContainerId container, const PageBody& pages,
                         const StripeRow& planned, PlannedStripes& into) {
  const PageStripeKey key{container, pages.map, planned.stripe, pages.generation};
  const bool is_youngest = planned.generation == pages.generation;
  LAPIS_TRY(const auto row, view.get(page_stripe_key(key)));
  if (row && (!is_youngest || *row != planned.row)) {
    LAPIS_TRY(StripeRow now, read_stripe(key, *row));
    now.has_older = planned.has_older || (planned.generation != 0 && !is_youngest);
    now.beneath = planned.beneath;
    into.stripes.push_back(&into.read.emplace_back(std::move(now)));
    return true;
  }
  if (!row && is_youngest) return false;
  if (!row && planned.generation != 0) {
    LAPIS_TRY(
        const auto older,
        view.get(page_stripe_key({container, pages.map, planned.stripe, planned.generation})));
    if (older != planned.row) return false;
  }
  into.stripes.push_back(&planned);
  return true;
}

class Writer {
 public:
  Writer(storage::MetaView& view, ContainerId container) : view_(view), container_(container) {}

  void add(const StripeRow& stripe, const PageChange& change) {
    PagePieces after = pieces_after(stripe, change);
    if (after != stripe.pieces) stripes_.push_back({&stripe, std::move(after)});
  }

  Result<void> write(PageBody& pages) {
    if (stripes_.empty()) return {};
    LAPIS_TRY(const auto held, open_generation(view_, container_, pages));
    for (const Stripe& stripe : stripes_) write_stripe(stripe, pages, held);
    std::ranges::sort(replaced_);
    const auto repeats = std::ranges::unique(replaced_);
    replaced_.erase(repeats.begin(), repeats.end());
    if (!replaced_.empty()) {
      queue_pages(view_, container_, {pages.map, false, false, std::move(replaced_)});
    }
    return {};
  }

 private:
  struct Stripe {
    const StripeRow* before;
    PagePieces after;
  };

  void write_stripe(const Stripe& stripe, const PageBody& pages,
                    const std::vector<std::uint64_t>& held) {
    const StripeRow& before = *stripe.before;
    const auto key_of = [&](std::uint64_t generation) {
      return page_stripe_key({container_, pages.map, before.stripe, generation});
    };
    const bool had_row = before.generation != 0;
    const bool stays = had_row && shows(held, before.generation, pages.generation);
    if (had_row && !stays) {
      add_replaced(stripe);
      view_.erase(key_of(before.generation));
    }
    // An empty row hides those of generations before.
    const bool hides = had_row && (stays || before.has_older);
    if (!stripe.after.empty() || hides) view_.put(key_of(pages.generation), encode(stripe.after));
  }

  void add_replaced(const Stripe& stripe) {
    for (const PagePiece& piece : stripe.before->pieces) {
      if (!is_zeros(piece) && !names(stripe.after, piece.target)) {
        replaced_.push_back(target_of(stripe.before->stripe, piece));
      }
    }
  }

  storage::MetaView& view_;
  const ContainerId container_;
  std::vector<Stripe> stripes_;
  std::vector<PageTarget> replaced_;
};

}  // namespace

Result<PagePlan> plan_write(storage::MetaSnapshot& snapshot, const PageStack& stack,
                            std::uint64_t first, std::uint64_t end) {
  const StripeSpan span = stripes_of(first, end);
  const PageLevel& own = stack.front();
  PagePlan plan{own.pages, {}, end};
  StripeScan scan(snapshot, own.home, own.pages, span);
  for (std::uint64_t next = span.first; next < span.end;) {
    LAPIS_TRY(auto row, scan.next());
    const std::uint64_t upto = row ? row->stripe : span.end;
    for (; next < upto; ++next) plan.stripes.push_back({next, 0, false, {}, {}});
    if (!row) break;
    plan.stripes.push_back(*std::move(row));
    ++next;
  }
  if (scan.end() == span.end) return plan;
  return fail(ErrorCode::kInternalError, "more pages are written at once than can be looked for");
}

Result<PagePlan> plan_clear(storage::MetaSnapshot& snapshot, const PageStack& stack,
                            std::uint64_t first, std::uint64_t end) {
  const StripeSpan span = stripes_of(first, end);
  // Of so few those that show nothing are planned as well.
  const bool plans_all = span.end - span.first <= kStripesInChange;
  PagePlan plan{stack.front().pages, {}, end};
  const auto add_blank = [&](std::uint64_t upto) {
    const std::uint64_t next = plan.stripes.empty() ? span.first : plan.stripes.back().stripe + 1;
    for (std::uint64_t at = next; plans_all && at < upto; ++at) {
      plan.stripes.push_back({at, 0, false, {}, {}});
    }
  };
  StackScan scan(snapshot, stack, span);
  while (plans_all || plan.stripes.size() < kStripesInChange) {
    LAPIS_TRY(auto found, scan.next());
    if (!found) {
      add_blank(scan.end());
      plan.end = std::min(end, scan.end() * kStripePages);
      return plan;
    }
    add_blank(found->stripe);
    if (!plans_all && found->seen().empty()) continue;
    StripeRow row =
        found->own ? *std::move(found->own) : StripeRow{found->stripe, 0, false, {}, {}};
    row.beneath = std::move(found->beneath);
    plan.stripes.push_back(std::move(row));
  }
  plan.end = std::min(end, (plan.stripes.back().stripe + 1) * kStripePages);
  return plan;
}

Result<std::optional<PlannedStripes>> read_planned(storage::MetaView& view, ContainerId container,
                                                   const PagePlan& plan, const PageBody& pages) {
  if (pages.map != plan.pages.map || pages.generation != plan.pages.generation) return std::nullopt;
  PlannedStripes planned;
  planned.stripes.reserve(plan.stripes.size());
  for (const StripeRow& stripe : plan.stripes) {
    LAPIS_TRY(const bool is_known, add_current(view, container, pages, stripe, planned));
    if (!is_known) return std::nullopt;
  }
  return planned;
}

Result<void> change_pages(storage::MetaView& view, ContainerId container,
                          const PlannedStripes& planned, const PageChange& change,
                          PageBody& pages) {
  Writer writer(view, container);
  for (const StripeRow* stripe : planned.stripes) writer.add(*stripe, change);
  return writer.write(pages);
}

}  // namespace lapis::blob
