// KeyRanges: a set of keys given as half-open ranges. Kept disjoint, so a look-up costs O(log n)
// however many were added.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace lapis::storage {

class KeyRanges {
 public:
  // Adds [first, last); nothing where that is empty.
  void add(std::string_view first, std::string_view last);
  bool covers(std::string_view key) const;
  void clear() { ranges_.clear(); }

  template <class F>
  void for_each(F&& f) const {
    for (const auto& [first, last] : ranges_) f(first, last);
  }

 private:
  std::map<std::string, std::string, std::less<>> ranges_;  // first -> last; they do not touch
};

}  // namespace lapis::storage
