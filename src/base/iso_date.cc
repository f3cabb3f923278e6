#include "base/date_scanner.h"
#include "base/date_writer.h"
#include "lapis/base/date.h"

namespace lapis {
namespace {

constexpr std::size_t kFractionDigits = 7;  // of a second, as Ticks count them

// ".d" to ".ddddddd", if there is a point at all.
std::optional<Ticks> parse_fraction(DateScanner& scan) {
  if (!scan.literal(".")) return Ticks{0};
  std::int64_t ticks = 0;
  std::size_t count = 0;
  while (count < kFractionDigits) {
    const auto digit = scan.digits(1);
    if (!digit) break;
    ticks = ticks * 10 + *digit;
    ++count;
  }
  if (count == 0) return std::nullopt;
  for (; count < kFractionDigits; ++count) ticks *= 10;
  return Ticks{ticks};
}

// What follows the date: "Thh:mmZ" or "Thh:mm:ss[.fffffff]Z".
std::optional<Ticks> parse_time(DateScanner& scan) {
  if (!scan.literal("T")) return std::nullopt;
  const auto hour = scan.digits(2);
  if (!hour || *hour > 23 || !scan.literal(":")) return std::nullopt;
  const auto minute = scan.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  Ticks time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (scan.literal(":")) {
    const auto second = scan.digits(2);
    if (!second || *second > 59) return std::nullopt;
    const auto fraction = parse_fraction(scan);
    if (!fraction) return std::nullopt;
    time += std::chrono::seconds(*second) + *fraction;
  }
  if (!scan.literal("Z")) return std::nullopt;
  return time;
}

}  // namespace

std::string format_iso8601(Timestamp time) {
  const auto midnight_before = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight_before);
  const Ticks since_midnight = time - midnight_before;
  const Ticks fraction = since_midnight - std::chrono::floor<std::chrono::seconds>(since_midnight);
  std::string text;
  text.reserve(28);
  append_year(text, date.year());
  text.push_back('-');
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text.push_back('-');
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text.push_back('T');
  append_time_of_day(text, since_midnight);
  text.push_back('.');
  append_digits(text, static_cast<std::uint64_t>(fraction.count()), kFractionDigits);
  text.push_back('Z');
  return text;
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  DateScanner scan(text);
  const auto year = scan.digits(4);
  if (!year || !scan.literal("-")) return std::nullopt;
  const auto month = scan.digits(2);
  if (!month || !scan.literal("-")) return std::nullopt;
  const auto day = scan.digits(2);
  if (!day) return std::nullopt;
  const auto date = midnight(*year, *month, *day);
  if (!date || scan.at_end()) return date;
  const auto time = parse_time(scan);
  if (!time || !scan.at_end()) return std::nullopt;
  return *date + *time;
}

}  // namespace lapis
