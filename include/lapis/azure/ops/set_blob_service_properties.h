// Set Blob Service Properties: PUT /?restype=service&comp=properties -> 202
#pragma once

#include <cstdint>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_service_properties.h"

namespace lapis::azure {

// Five CORS rules of 2 KiB and everything else take a tenth of it.
inline constexpr std::uint64_t kMaxServicePropertiesBytes = 64 * 1024;

// `xml` is the whole body.
Result<blob::SetBlobServiceProperties> parse_set_blob_service_properties(const Call& call,
                                                                         std::string_view xml);
http::Response render_set_blob_service_properties(const Call& call);

}  // namespace lapis::azure
