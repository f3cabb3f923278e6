#include "lapis/blob/deletion_version.h"

#include "lapis/base/number.h"

namespace lapis::blob {
namespace {

constexpr std::uint64_t kFrom1601To1970 = 116'444'736'000'000'000;
constexpr std::size_t kDigits = 16;

}  // namespace

std::string deletion_version(Timestamp deleted) {
  auto value = static_cast<std::uint64_t>(deleted.time_since_epoch().count()) + kFrom1601To1970;
  std::string text(kDigits, '0');
  for (std::size_t i = kDigits; i-- > 0; value >>= 4) text[i] = "0123456789ABCDEF"[value & 15];
  return text;
}

std::optional<Timestamp> parse_deletion_version(std::string_view version) {
  if (version.size() != kDigits) return std::nullopt;
  const auto value = parse_hex_u64(version);
  if (!value || *value < kFrom1601To1970) return std::nullopt;
  const std::uint64_t ticks = *value - kFrom1601To1970;
  if (ticks >> 63 != 0) return std::nullopt;
  return Timestamp(Ticks(static_cast<std::int64_t>(ticks)));
}

}  // namespace lapis::blob
