// GUIDs as .NET reads them.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/base/random.h"

namespace lapis::azure {

// The spellings N (32 digits), D (with hyphens), B and P (that in braces, in parentheses), and X
// (three numbers and eight bytes as 0x…, in braces). Nothing for any other text.
std::optional<Guid> parse_guid(std::string_view text);

}  // namespace lapis::azure
