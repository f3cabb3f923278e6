// Base64 (RFC 4648 section 4, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/bytes.h"

namespace lapis {

std::string base64_encode(Bytes data);

// The bytes, or nothing where `text` is not strict base64: only the standard alphabet, a length
// divisible by four, the padding it needs and no more, and zero in the bits that padding leaves
// over, so that every value has exactly one spelling.
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace lapis
