#include "lapis/base/number.h"

#include <charconv>
#include <system_error>

namespace lapis {
namespace {

// For an unsigned type from_chars takes no sign, blank or "0x".
std::optional<std::uint64_t> parse(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_u64(std::string_view text) { return parse(text, 10); }

std::optional<std::uint64_t> parse_hex_u64(std::string_view text) { return parse(text, 16); }

}  // namespace lapis
