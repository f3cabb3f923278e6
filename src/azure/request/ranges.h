// Range and x-ms-range of a read.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_blob.h"

namespace lapis::azure {

// x-ms-range wins over Range. Anything but "bytes=first-last" and (since 2011-08-18) "bytes=first-"
// is passed over as Azure does: the whole blob is meant.
std::optional<blob::RequestedRange> parse_range(const Call& call);

}  // namespace lapis::azure
