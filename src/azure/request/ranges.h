// Range and x-ms-range of a read.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob.h"

namespace lapis::azure {

// "bytes=0-9" or "bytes=0-"; nothing for any other text.
std::optional<blob::RequestedRange> parse_byte_range(std::string_view text);

// x-ms-range wins over Range. Anything but "bytes=first-last" and (since 2011-08-18) "bytes=first-"
// is passed over as Azure does: the whole blob is meant.
std::optional<blob::RequestedRange> parse_range(const Call& call);

// x-ms-range-get-content-md5 and, since 2019-02-02, x-ms-range-get-content-crc64. Errors:
// kInvalidHeaderValue, naming the one at fault: neither "true" nor "false", both at once, no range,
// or one of more than 4 MiB as it was asked for. One without an end is left to the blob.
Result<std::optional<blob::RangeHash>> parse_range_hash(
    const Call& call, const std::optional<blob::RequestedRange>& range);

}  // namespace lapis::azure
