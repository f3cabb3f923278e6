#include "storage/meta/overlay.h"

#include <utility>

namespace lapis::storage {

void Overlay::put(std::string_view key, std::string_view value) { assign(key, std::string(value)); }

void Overlay::erase(std::string_view key) { assign(key, std::nullopt); }

void Overlay::erase_range(std::string_view first, std::string_view last) {
  if (first >= last) return;
  points_.erase(points_.lower_bound(first), points_.lower_bound(last));
  erased_.add(first, last);
}

const std::optional<std::string>* Overlay::find(std::string_view key) const {
  static const std::optional<std::string> kErased;
  if (const auto it = points_.find(key); it != points_.end()) return &it->second;
  return erased_.covers(key) ? &kErased : nullptr;
}

std::optional<std::string_view> Overlay::first_put(std::string_view prefix) const {
  for (auto it = points_.lower_bound(prefix); it != points_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    if (it->second) return it->first;
  }
  return std::nullopt;
}

void Overlay::absorb(Overlay&& later) {
  later.erased_.for_each(
      [this](std::string_view first, std::string_view last) { erase_range(first, last); });
  while (!later.points_.empty()) {
    auto added = points_.insert(later.points_.extract(later.points_.begin()));
    if (!added.inserted) added.position->second = std::move(added.node.mapped());
  }
  later.erased_.clear();
}

void Overlay::assign(std::string_view key, std::optional<std::string> value) {
  if (const auto it = points_.find(key); it != points_.end()) {
    it->second = std::move(value);
  } else {
    points_.emplace(std::string(key), std::move(value));
  }
}

}  // namespace lapis::storage
