// Block ids: base64 of 1 to 64 bytes, kept as the client wrote them.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/query.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

inline constexpr std::size_t kMaxBlockIdBytes = 64;

// How many bytes `text` stands for; nothing where it is no base64. Bits left over by the padding
// may be anything: an id is compared by its text.
std::optional<std::size_t> base64_length(std::string_view text);

// True for base64 of 1 to 64 bytes.
bool is_block_id(std::string_view text);

// `blockid`. Errors: kMissingRequiredQueryParameter, kInvalidQueryParameterValue.
Result<blob::BlockId> parse_block_id(const Query& query);

}  // namespace lapis::azure
