#include "blob/pages/page_listing.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

// What a blob shows before its end, stripe by stripe, each until it is taken.
class Rows {
 public:
  Rows(storage::MetaSnapshot& snapshot, const ListedPages& listed, StripeSpan span,
       std::size_t steps)
      : length_(listed.length), scan_(snapshot, listed.stack, span, steps) {}

  // The stripe of the next of them; where the walk ends if there is none.
  Result<std::uint64_t> next() {
    if (!row_) {
      LAPIS_TRY(row_, scan_.next());
    }
    return row_ ? row_->stripe : scan_.end();
  }
  // Of the next row, where that is of this stripe.
  PagePieces take(std::uint64_t stripe) {
    if (!row_ || row_->stripe != stripe) return {};
    return before(std::exchange(row_, {})->seen(), stripe, length_);
  }
  bool has_row() const { return row_.has_value(); }

 private:
  const std::uint64_t length_;
  StackScan scan_;
  std::optional<StackedStripe> row_;
};

}  // namespace

PageLister::PageLister(storage::MetaSnapshot& snapshot, const ListedPages& now,
                       const std::optional<ListedPages>& before, const PageListing& listing)
    : snapshot_(snapshot),
      now_(now),
      before_(before),
      listing_(listing),
      left_(stripes_of(listing.first, listing.end)) {}

// Stripe by stripe, the rows of both generations, until one of the walks has taken its steps.
Result<void> PageLister::step(std::size_t steps) {
  Rows now(snapshot_, now_, left_, steps);
  std::optional<Rows> before;
  if (before_) before.emplace(snapshot_, *before_, left_, steps);
  while (!is_done()) {
    LAPIS_TRY(const std::uint64_t stripe, now.next());
    std::uint64_t old_stripe = left_.end;
    if (before) {
      LAPIS_TRY(old_stripe, before->next());
    }
    left_.first = std::min(stripe, old_stripe);
    // What either shows is not known from where its walk ended.
    if (!now.has_row() && stripe == left_.first) return {};
    if (before && !before->has_row() && old_stripe == left_.first) return {};
    const PagePieces old = before ? before->take(left_.first) : PagePieces{};
    add(left_.first, old, now.take(left_.first));
    ++left_.first;
  }
  return {};
}

ListedRanges PageLister::take() {
  ListedRanges listed{std::move(ranges_), {}};
  const std::uint64_t next = full_at_.value_or(left_.first * kStripePages);
  if (next < listing_.end) listed.next = next * kPageBytes;
  return listed;
}

void PageLister::add(std::uint64_t stripe, const PagePieces& old, const PagePieces& now) {
  const std::uint64_t begin = stripe * kStripePages;
  const std::uint64_t first = std::max(begin, listing_.first);
  const std::uint64_t end = std::min(begin + kStripePages, listing_.end);
  if (first >= end) return;
  const auto sink = [&](PageChangeKind kind, std::uint32_t page, std::uint32_t pages) {
    if (full_at_) return;
    const bool fits = add_range(begin + page, pages, kind == PageChangeKind::kCleared);
    if (!fits) full_at_ = begin + page;
  };
  compare(old, now, static_cast<std::uint32_t>(first - begin),
          static_cast<std::uint32_t>(end - begin), sink);
}

// In order. False where there is no room for it.
bool PageLister::add_range(std::uint64_t page, std::uint64_t pages, bool is_cleared) {
  const PageRange range{page * kPageBytes, pages * kPageBytes, is_cleared};
  if (!ranges_.empty()) {
    PageRange& last = ranges_.back();
    if (last.first + last.length == range.first && last.is_cleared == is_cleared) {
      last.length += range.length;
      return true;
    }
  }
  if (ranges_.size() == listing_.most) return false;
  ranges_.push_back(range);
  return true;
}

}  // namespace lapis::blob
