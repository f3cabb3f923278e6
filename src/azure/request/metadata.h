// x-ms-meta-* headers.
#pragma once

#include "lapis/base/result.h"
#include "lapis/blob/types.h"
#include "lapis/http/message.h"

namespace lapis::azure {

inline constexpr std::size_t kMaxMetadataBytes = 8 * 1024;  // names and values together

// Errors: kEmptyMetadataKey, kInvalidMetadata (a name that is no C# identifier of ASCII, a name
// given twice, a value that is not ASCII), kMetadataTooLarge.
Result<blob::Metadata> parse_metadata(const http::Headers& headers);

void add_metadata(http::Headers& headers, const blob::Metadata& metadata);

}  // namespace lapis::azure
