#include "storage/meta/overlay_view.h"

#include "lapis/base/check.h"
#include "storage/meta/read_row.h"
#include "storage/meta/rocks_options.h"
#include "storage/meta/store_rows.h"

namespace lapis::storage {

Result<std::optional<std::string>> OverlayView::get(std::string_view key) {
  if (const auto* row = own_.find(key)) return *row;
  if (const auto* row = group_.find(key)) return *row;
  return read_row(db_, disk_read(), key);
}

void OverlayView::put(std::string_view key, std::string_view value) {
  write(key, value);
  size_.put_bytes += key.size() + value.size();
}

void OverlayView::rewrite(std::string_view key, std::string_view value) {
  write(key, value);
  size_.rewritten_bytes += key.size() + value.size();
}

void OverlayView::write(std::string_view key, std::string_view value) {
  LAPIS_CHECK(!is_store_key(key));
  LAPIS_CHECK(batch_.Put(as_slice(key), as_slice(value)).ok());
  own_.put(key, value);
  stripes_.push_back(VersionStripes::stripe_of(key));
}

void OverlayView::erase(std::string_view key) {
  LAPIS_CHECK(!is_store_key(key));
  LAPIS_CHECK(batch_.Delete(as_slice(key)).ok());
  own_.erase(key);
  stripes_.push_back(VersionStripes::stripe_of(key));
  ++size_.erases;
}

void OverlayView::erase_range(std::string_view first, std::string_view last) {
  if (first >= last) return;
  LAPIS_CHECK(!first.empty() && !is_store_key(first));  // the table sorts before all others
  LAPIS_CHECK(batch_.DeleteRange(as_slice(first), as_slice(last)).ok());
  own_.erase_range(first, last);
  ++size_.erases;
}

}  // namespace lapis::storage
