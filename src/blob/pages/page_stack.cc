#include "blob/pages/page_stack.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

// The stripes of a span that a level may show.
StripeSpan shown_of(StripeSpan span, std::uint64_t end) {
  const std::uint64_t stripes = end / kStripePages + (end % kStripePages != 0 ? 1 : 0);
  span.end = std::min(span.end, std::max(span.first, stripes));
  return span;
}

}  // namespace

PageStack stack_of(ContainerId container, const Body& body) {
  PageStack stack{{space_of(container, body), body.pages}};
  for (const PageLayer& layer : body.layers) {
    const bool is_own = layer.lender == Lender{};
    stack.push_back({is_own ? container : layer.lender.container, layer.pages, layer.end});
  }
  return stack;
}

PagePieces StackedStripe::seen() const { return own ? over(beneath, own->pieces) : beneath; }

StackScan::StackScan(storage::MetaSnapshot& snapshot, const PageStack& stack, StripeSpan span,
                     std::size_t steps)
    : end_(span.end) {
  levels_.reserve(stack.size());
  for (const PageLevel& level : stack) {
    const StripeSpan shown = shown_of(span, level.end);
    levels_.push_back(
        {StripeScan(snapshot, level.home, level.pages, shown, steps), shown, level.end});
  }
}

Result<void> StackScan::load(Level& level) {
  if (level.row || level.is_done) return {};
  LAPIS_TRY(level.row, level.scan.next());
  level.is_done = !level.row;
  // What a level shows is not known from where its walk ended early.
  if (level.is_done && level.scan.end() < level.span.end) end_ = std::min(end_, level.scan.end());
  return {};
}

Result<std::optional<StackedStripe>> StackScan::next() {
  std::uint64_t stripe = ~std::uint64_t{0};
  for (Level& level : levels_) {
    LAPIS_TRY_VOID(load(level));
    if (level.row) stripe = std::min(stripe, level.row->stripe);
  }
  if (stripe >= end_) return std::nullopt;
  StackedStripe found{stripe, {}, {}};
  for (std::size_t i = levels_.size(); i-- > 0;) {
    Level& level = levels_[i];
    if (!level.row || level.row->stripe != stripe) continue;
    StripeRow row = *std::exchange(level.row, std::nullopt);
    if (i == 0) {
      found.own = std::move(row);
    } else {
      found.beneath = over(std::move(found.beneath), row.pieces);
      found.beneath = before(std::move(found.beneath), stripe, level.end);
    }
  }
  return found;
}

std::size_t StackScan::steps_left() const {
  std::size_t least = levels_.front().scan.steps_left();
  for (const Level& level : levels_) least = std::min(least, level.scan.steps_left());
  return least;
}

}  // namespace lapis::blob
