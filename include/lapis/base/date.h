// Dates as HTTP and Azure write them. All are UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/fixed_text.h"

namespace lapis {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 1123); truncates to seconds.
using HttpDateText = FixedText<29>;
HttpDateText http_date_text(Timestamp time);
std::string format_http_date(Timestamp time);
// RFC 1123, RFC 850 and asctime forms (RFC 9110 section 5.6.7); nothing where malformed. The name
// of the day must be one but need not fit the date. Second 60 (a leap second) is the next minute.
std::optional<Timestamp> parse_http_date(std::string_view text);
// The same, where `now` decides the century of RFC 850's two-digit years (at most 50 years ahead).
std::optional<Timestamp> parse_http_date(std::string_view text, Timestamp now);

// "2021-06-28T05:51:11.5743121Z": seven fractional digits.
std::string format_iso8601(Timestamp time);
// "YYYY-MM-DD", "YYYY-MM-DDThh:mmZ" and "YYYY-MM-DDThh:mm:ssZ", the last with an optional '.' and
// one to seven fractional digits; nothing where malformed.
std::optional<Timestamp> parse_iso8601(std::string_view text);

}  // namespace lapis
