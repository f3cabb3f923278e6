#include "blob/pages/page_rows.h"

namespace lapis::blob {

Result<StripeRow> read_stripe(const PageStripeKey& key, std::string_view row) {
  StripeRow read{key.stripe, key.generation, false, std::string(row), {}};
  LAPIS_TRY(read.pieces, decode_pieces(row, key.container));
  for (const PagePiece& piece : read.pieces) {
    // No target begins before the blob does.
    if (piece.offset > key.stripe * kStripePages + piece.first) {
      return fail(ErrorCode::kInternalError, "page stripe row is damaged");
    }
  }
  return read;
}

StripeScan::StripeScan(storage::MetaSnapshot& snapshot, ContainerId container,
                       const PageBody& pages, StripeSpan span, std::size_t steps)
    : container_(container),
      pages_(pages),
      end_(span.end),
      steps_(steps),
      cursor_(snapshot.scan(key_of(span.first),
                            page_stripe_key({container, pages.map, span.end, ~std::uint64_t{0}}))) {
}

std::string StripeScan::key_of(std::uint64_t stripe) const {
  return page_stripe_key({container_, pages_.map, stripe, pages_.generation});
}

// What begins at a stripe finds its row, or is behind it: so each scan gets on.
Result<std::optional<StripeRow>> StripeScan::next() {
  for (; cursor_->valid(); --steps_) {
    const auto key = parse_page_stripe_key(cursor_->key());
    if (!key) return fail(ErrorCode::kInternalError, "key of a page stripe is damaged");
    if (steps_ == 0) {
      end_ = key->stripe;
      return std::nullopt;
    }
    if (key->generation > pages_.generation) {
      cursor_->seek(key_of(key->stripe));
      continue;
    }
    LAPIS_TRY(StripeRow row, read_stripe(*key, cursor_->value()));
    cursor_->next();
    if (cursor_->valid()) {
      const auto following = parse_page_stripe_key(cursor_->key());
      row.has_older = following && following->stripe == row.stripe;
      if (row.has_older) cursor_->seek(key_of(row.stripe + 1));
    }
    --steps_;
    return row;
  }
  LAPIS_TRY_VOID(cursor_->status());
  return std::nullopt;
}

StripeSpan stripes_of(std::uint64_t first_page, std::uint64_t end_page) {
  return {first_page / kStripePages, (end_page + kStripePages - 1) / kStripePages};
}

}  // namespace lapis::blob
