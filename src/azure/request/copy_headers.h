// x-ms-copy-source and what goes with it.
#pragma once

#include <cstdint>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/copy_source.h"

namespace lapis::azure {

inline constexpr std::uint32_t kCopiesFromUrl = 20180328;  // Copy Blob and Put Block From URL
inline constexpr std::uint32_t kPutsBlobFromUrl = 20200408;

// The source, its conditions, and what authorises reading it. `since`: the version that has the
// operation. Errors: kInvalidHeaderValue (no URL, or of more than 2 KiB; a body, which a copy does
// not have), kMissingContentLengthHeader, kUnsupportedHeader (before its version),
// kMultipleConditionHeadersNotSupported.
Result<blob::SourceRequest> parse_copy_source(const Call& call, std::uint32_t since);

// x-ms-copy-source-tag-option: whether the copy has its source's tags. Errors: kInvalidHeaderValue,
// 409 where the request has tags of its own, kUnsupportedHeader (before its version).
Result<bool> parse_tag_option(const Call& call);

// x-ms-source-range, empty like absent. Errors: kInvalidHeaderValue.
Result<std::optional<blob::RequestedRange>> parse_source_range(const http::Headers& headers);

}  // namespace lapis::azure
