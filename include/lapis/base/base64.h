// Base64 (RFC 4648 section 4, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/bytes.h"

namespace lapis {

std::string base64_encode(Bytes data);

// The bytes, or nothing where `text` is not strict base64 (alphabet, padding, length).
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace lapis
