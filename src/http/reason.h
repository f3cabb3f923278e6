// The standard reason phrases.
#pragma once

#include <string_view>

namespace lapis::http {

// RFC 9110's phrase; "Unknown" for a status that has none.
std::string_view reason_phrase(int status);

}  // namespace lapis::http
