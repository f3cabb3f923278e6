// The version by which a container that is kept after its deletion is asked for: the time of the
// deletion as Windows counts it, in 100 ns since 1601, as 16 hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lapis/blob/types.h"

namespace lapis::blob {

std::string deletion_version(Timestamp deleted);

// Nothing where it is none, or one of a time that no deletion has.
std::optional<Timestamp> parse_deletion_version(std::string_view version);

}  // namespace lapis::blob
