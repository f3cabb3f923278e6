#include "base/date_scanner.h"

namespace lapis {

bool DateScanner::literal(std::string_view expected) {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

std::optional<unsigned> DateScanner::digits(std::size_t width) {
  if (rest_.size() < width) return std::nullopt;
  unsigned value = 0;
  for (const char c : rest_.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  rest_.remove_prefix(width);
  return value;
}

std::optional<unsigned> DateScanner::one_of(std::span<const std::string_view> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (literal(names[i])) return static_cast<unsigned>(i);
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> DateScanner::time_of_day(unsigned last_second) {
  const auto hour = digits(2);
  if (!hour || *hour > 23 || !literal(":")) return std::nullopt;
  const auto minute = digits(2);
  if (!minute || *minute > 59 || !literal(":")) return std::nullopt;
  const auto second = digits(2);
  if (!second || *second > last_second) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<Timestamp> midnight(unsigned year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace lapis
