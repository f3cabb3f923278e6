#include "blob/pages/page_listing.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

// About a second's work.
constexpr std::size_t kMostStripes = 200'000;

// Gathers ranges up to a number of them.
class Ranges {
 public:
  explicit Ranges(std::size_t most) : most_(most) {}

  // In order. False where there is no room for it.
  bool add(std::uint64_t page, std::uint64_t pages, bool is_cleared) {
    const PageRange range{page * kPageBytes, pages * kPageBytes, is_cleared};
    if (!all_.empty()) {
      PageRange& last = all_.back();
      if (last.first + last.length == range.first && last.is_cleared == is_cleared) {
        last.length += range.length;
        return true;
      }
    }
    if (all_.size() == most_) return false;
    all_.push_back(range);
    return true;
  }
  std::vector<PageRange> take() { return std::move(all_); }

 private:
  const std::size_t most_;
  std::vector<PageRange> all_;
};

// What pages of the blob a stripe shows; behind the blob's end it shows nothing.
PagePieces seen(PagePieces pieces, std::uint64_t stripe, std::uint64_t length) {
  const std::uint64_t begin = stripe * kStripePages;
  if (begin + kStripePages <= length) return pieces;
  const std::uint64_t end = length > begin ? length - begin : 0;
  return without(pieces, static_cast<std::uint32_t>(end), kStripePages);
}

// Stripe by stripe, the rows of both generations.
class Listing {
 public:
  Listing(storage::MetaSnapshot& snapshot, ContainerId container, const ListedPages& now,
          const std::optional<ListedPages>& before, const PageListing& listing)
      : now_(now),
        before_(before),
        listing_(listing),
        span_(stripes_of(listing.first, listing.end)),
        now_rows_(snapshot, container, now.pages, span_.first, span_.end),
        ranges_(listing.most) {
    if (before) before_rows_.emplace(snapshot, container, before->pages, span_.first, span_.end);
  }

  Result<ListedRanges> run() {
    ListedRanges listed;
    std::size_t walked = 0;
    while (true) {
      LAPIS_TRY(const bool is_more, step());
      if (!is_more) break;
      const bool much = listing_.cuts_walk && ++walked == kMostStripes;
      if (much && !next_) next_ = (stripe_ + 1) * kStripePages;
      if (next_) break;
    }
    listed.ranges = ranges_.take();
    if (next_ && *next_ < listing_.end) listed.next = *next_ * kPageBytes;
    return listed;
  }

 private:
  // The next stripe that either has; false at the end.
  Result<bool> step() {
    if (!row_) {
      LAPIS_TRY(row_, now_rows_.next());
    }
    if (before_rows_ && !old_row_) {
      LAPIS_TRY(old_row_, before_rows_->next());
    }
    if (!row_ && !old_row_) return false;
    stripe_ = std::min(row_ ? row_->stripe : ~0ull, old_row_ ? old_row_->stripe : ~0ull);
    const bool in_now = row_ && row_->stripe == stripe_;
    const bool in_old = old_row_ && old_row_->stripe == stripe_;
    PagePieces now = in_now ? std::exchange(row_, {})->pieces : PagePieces{};
    PagePieces old = in_old ? std::exchange(old_row_, {})->pieces : PagePieces{};
    add(seen(std::move(old), stripe_, before_ ? before_->length : 0),
        seen(std::move(now), stripe_, now_.length));
    return true;
  }

  void add(const PagePieces& old, const PagePieces& now) {
    const std::uint64_t begin = stripe_ * kStripePages;
    const std::uint64_t first = std::max(begin, listing_.first);
    const std::uint64_t end = std::min(begin + kStripePages, listing_.end);
    const auto sink = [&](PageChangeKind kind, std::uint32_t page, std::uint32_t pages) {
      if (next_) return;
      const bool fits = ranges_.add(begin + page, pages, kind == PageChangeKind::kCleared);
      if (!fits) next_ = begin + page;
    };
    if (first >= end) return;
    compare(old, now, static_cast<std::uint32_t>(first - begin),
            static_cast<std::uint32_t>(end - begin), sink);
  }

  const ListedPages now_;
  const std::optional<ListedPages> before_;
  const PageListing listing_;
  const StripeSpan span_;
  StripeScan now_rows_;
  std::optional<StripeScan> before_rows_;
  std::optional<StripeRow> row_;
  std::optional<StripeRow> old_row_;
  Ranges ranges_;
  std::uint64_t stripe_ = 0;
  std::optional<std::uint64_t> next_;  // page where the next page of results begins
};

}  // namespace

Result<ListedRanges> list_pages(storage::MetaSnapshot& snapshot, ContainerId container,
                                const ListedPages& now, const std::optional<ListedPages>& before,
                                const PageListing& listing) {
  return Listing(snapshot, container, now, before, listing).run();
}

}  // namespace lapis::blob
