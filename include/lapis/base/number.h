// Numbers from untrusted text: digits only, no sign, no blank, no overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lapis {

std::optional<std::uint64_t> parse_u64(std::string_view text);
std::optional<std::uint64_t> parse_hex_u64(std::string_view text);

}  // namespace lapis
