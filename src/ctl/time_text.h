// Times as they are given on the command line.
#pragma once

#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::ctl {

// "30m", "24h" or "7d" from `now`, or a UTC time such as "2030-01-01", "2030-01-01T00:00Z" or
// "2030-01-01T00:00:00Z". Errors: a detail for the user.
Result<Timestamp> parse_time(std::string_view text, Timestamp now);

}  // namespace lapis::ctl
