// Reads the pieces of a date from left to right. Used by the date parsers.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "lapis/base/clock.h"

namespace lapis {

// Each function takes what it names from the front of what is left, or says no; after a "no" the
// scan is over.
class DateScanner {
 public:
  explicit DateScanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool literal(std::string_view expected);
  // Exactly `width` decimal digits.
  std::optional<unsigned> digits(std::size_t width);
  // One of `names`, as its index.
  std::optional<unsigned> one_of(std::span<const std::string_view> names);
  // "hh:mm:ss"; a second up to `last_second`.
  std::optional<std::chrono::seconds> time_of_day(unsigned last_second);

 private:
  std::string_view rest_;
};

// Midnight of that day, or nothing where the calendar has none such.
std::optional<Timestamp> midnight(unsigned year, unsigned month, unsigned day);

}  // namespace lapis
