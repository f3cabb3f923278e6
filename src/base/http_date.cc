#include <array>

#include "base/date_scanner.h"
#include "base/date_writer.h"
#include "lapis/base/date.h"

namespace lapis {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr unsigned kLeapSecond = 60;

// " hh:mm:ss GMT" and the end, on `day`.
std::optional<Timestamp> finish_gmt(DateScanner& scan, std::optional<Timestamp> day) {
  if (!day || !scan.literal(" ")) return std::nullopt;
  const auto time = scan.time_of_day(kLeapSecond);
  if (!time || !scan.literal(" GMT") || !scan.at_end()) return std::nullopt;
  return *day + *time;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Timestamp> parse_rfc1123(DateScanner scan) {
  if (!scan.one_of(kDays) || !scan.literal(", ")) return std::nullopt;
  const auto day = scan.digits(2);
  if (!day || !scan.literal(" ")) return std::nullopt;
  const auto month = scan.one_of(kMonths);
  if (!month || !scan.literal(" ")) return std::nullopt;
  const auto year = scan.digits(4);
  if (!year) return std::nullopt;
  return finish_gmt(scan, midnight(*year, *month + 1, *day));
}

// The year that ends in `two_digits` and is the latest not more than 50 years after `now`'s.
unsigned full_year(unsigned two_digits, Timestamp now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  int year = this_year - this_year % 100 + 100 + static_cast<int>(two_digits);
  while (year > this_year + 50) year -= 100;
  return static_cast<unsigned>(year);
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<Timestamp> parse_rfc850(DateScanner scan, Timestamp now) {
  if (!scan.one_of(kLongDays) || !scan.literal(", ")) return std::nullopt;
  const auto day = scan.digits(2);
  if (!day || !scan.literal("-")) return std::nullopt;
  const auto month = scan.one_of(kMonths);
  if (!month || !scan.literal("-")) return std::nullopt;
  const auto year = scan.digits(2);
  if (!year) return std::nullopt;
  return finish_gmt(scan, midnight(full_year(*year, now), *month + 1, *day));
}

// "Sun Nov  6 08:49:37 1994"
std::optional<Timestamp> parse_asctime(DateScanner scan) {
  if (!scan.one_of(kDays) || !scan.literal(" ")) return std::nullopt;
  const auto month = scan.one_of(kMonths);
  if (!month || !scan.literal(" ")) return std::nullopt;
  const auto day = scan.digits(scan.literal(" ") ? 1 : 2);
  if (!day || !scan.literal(" ")) return std::nullopt;
  const auto time = scan.time_of_day(kLeapSecond);
  if (!time || !scan.literal(" ")) return std::nullopt;
  const auto year = scan.digits(4);
  if (!year || !scan.at_end()) return std::nullopt;
  const auto date = midnight(*year, *month + 1, *day);
  if (!date) return std::nullopt;
  return *date + *time;
}

}  // namespace

HttpDateText http_date_text(Timestamp time) {
  const auto midnight_before = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight_before);
  HttpDateText text;
  text.append(kDays[std::chrono::weekday(midnight_before).c_encoding()]).append(", ");
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  append_year(text, date.year());
  text.push_back(' ');
  append_time_of_day(text, time - midnight_before);
  text.append(" GMT");
  return text;
}

std::string format_http_date(Timestamp time) { return std::string(http_date_text(time).view()); }

std::optional<Timestamp> parse_http_date(std::string_view text, Timestamp now) {
  const DateScanner scan(text);
  if (auto time = parse_rfc1123(scan)) return time;
  if (auto time = parse_rfc850(scan, now)) return time;
  return parse_asctime(scan);
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
  return parse_http_date(text, SystemClock{}.now());
}

}  // namespace lapis
