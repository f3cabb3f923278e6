// x-ms-blob-condition-*: what an append expects of the blob's length.
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// Empty like absent. Errors: kInvalidHeaderValue for what is no length.
Result<std::optional<std::uint64_t>> parse_append_position(const http::Headers& headers);
Result<std::optional<std::uint64_t>> parse_max_size(const http::Headers& headers);

}  // namespace lapis::azure
