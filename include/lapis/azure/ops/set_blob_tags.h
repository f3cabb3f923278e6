// Set Blob Tags: PUT /CONTAINER/BLOB?comp=tags, an XML body -> 204
#pragma once

#include <cstdint>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_tags.h"

namespace lapis::azure {

// The largest body taken: ten of the longest tags, each character escaped, with room.
inline constexpr std::uint64_t kMaxTagsBytes = 64 * 1024;

// Checks Content-MD5 and x-ms-content-crc64 against `xml`, then parses it.
Result<blob::SetBlobTags> parse_set_blob_tags(const Call& call, std::string_view xml);
http::Response render_set_blob_tags(const Call& call);

}  // namespace lapis::azure
