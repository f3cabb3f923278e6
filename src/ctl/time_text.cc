#include "ctl/time_text.h"

#include <chrono>
#include <optional>
#include <string>

#include "lapis/base/date.h"
#include "lapis/base/number.h"

namespace lapis::ctl {
namespace {

// A hundred years; more is a mistake, and could overflow.
constexpr std::uint64_t kMaxMinutes = 100ull * 366 * 24 * 60;

std::optional<std::uint64_t> minutes_of(char unit) {
  switch (unit) {
    case 'm':
      return 1;
    case 'h':
      return 60;
    case 'd':
      return 24 * 60;
    default:
      return std::nullopt;
  }
}

std::optional<Ticks> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto unit = minutes_of(text.back());
  const auto number = parse_u64(text.substr(0, text.size() - 1));
  if (!unit || !number || *number == 0 || *number > kMaxMinutes / *unit) return std::nullopt;
  return std::chrono::minutes(static_cast<std::int64_t>(*number * *unit));
}

}  // namespace

Result<Timestamp> parse_time(std::string_view text, Timestamp now) {
  if (const auto duration = parse_duration(text)) return now + *duration;
  if (const auto time = parse_iso8601(text)) return *time;
  return fail(ErrorCode::kInvalidInput,
              "'" + std::string(text) + "' is no time: 30m, 24h, 7d or 2030-01-01T00:00Z");
}

}  // namespace lapis::ctl
