// How Azure sorts x-ms-* headers for SharedKey: by the culture-aware comparison of .NET (en-US), in
// which '-' and '\'' count only between names that are equal without them, and '_' and other marks
// come before digits, digits before letters. Older clients sort by bytes.
#pragma once

#include <string_view>

namespace lapis::azure {

// For lower-case names of HTTP token characters; a strict weak order.
bool culture_less(std::string_view a, std::string_view b);

}  // namespace lapis::azure
