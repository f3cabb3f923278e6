// Page markers: opaque to clients, safe in URLs and XML, and checked, so that what did not come
// from an earlier page (a name, say) is refused.
//
// "2!LENGTH!TEXT": TEXT is base64 in a URL-safe alphabet ('+' '/' '=' become '.' '_' '-') and
// LENGTH its length. It stands for: u8 kind, u64 (little-endian) CRC-64 of the kind and the name,
// the name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/ops/find_blobs_by_tags.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/list_containers.h"

namespace lapis::azure {

std::string encode_blob_marker(const blob::ListPosition& position);
std::string encode_container_marker(const blob::ContainerPosition& position);
std::string encode_page_marker(std::uint64_t start);  // of a page blob: a byte
std::string encode_find_marker(const blob::FindPosition& position);

// Errors: kOutOfRangeInput.
Result<blob::ListPosition> decode_blob_marker(std::string_view marker);
Result<blob::ContainerPosition> decode_container_marker(std::string_view marker);
Result<std::uint64_t> decode_page_marker(std::string_view marker);
Result<blob::FindPosition> decode_find_marker(std::string_view marker);

}  // namespace lapis::azure
