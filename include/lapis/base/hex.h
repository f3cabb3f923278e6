// Bytes as text for people.
#pragma once

#include <string>
#include <string_view>

namespace lapis {

// Each byte as two lower-case hex digits.
std::string to_hex(std::string_view bytes);

}  // namespace lapis
