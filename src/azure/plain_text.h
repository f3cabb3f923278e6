// What others wrote, made fit for a reason phrase, a header and a log.
#pragma once

#include <string>
#include <string_view>

namespace lapis::azure {

// Its first line: of 512 bytes what is printable ASCII.
std::string plain_text(std::string_view text);

}  // namespace lapis::azure
