#include "storage/meta/key_ranges.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lapis::storage {

void KeyRanges::add(std::string_view first, std::string_view last) {
  if (first >= last) return;
  std::string begin(first);
  std::string end(last);
  auto it = ranges_.upper_bound(first);
  if (it != ranges_.begin() && std::prev(it)->second >= first) --it;
  // `it` and those after it up to `last` overlap or touch the new range: they become part of it.
  while (it != ranges_.end() && it->first <= last) {
    begin = std::min(begin, it->first);
    end = std::max(end, it->second);
    it = ranges_.erase(it);
  }
  ranges_.emplace(std::move(begin), std::move(end));
}

bool KeyRanges::covers(std::string_view key) const {
  const auto after = ranges_.upper_bound(key);
  return after != ranges_.begin() && key < std::prev(after)->second;
}

}  // namespace lapis::storage
