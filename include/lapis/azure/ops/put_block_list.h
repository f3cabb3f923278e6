// Put Block List: PUT /CONTAINER/BLOB?comp=blocklist, an XML body -> 201
#pragma once

#include <string>

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_block_list.h"

namespace lapis::azure {

// The largest body taken: 50,000 blocks of the longest ids, with room.
inline constexpr std::uint64_t kMaxBlockListBytes = 16ull << 20;

// The hashes of the XML itself, for the answer.
struct BlockListDocument {
  blob::PutBlockList request;
  Md5Digest md5;
  std::uint64_t crc64 = 0;
};

// Checks Content-MD5 and x-ms-content-crc64 against `xml`, then parses it.
Result<BlockListDocument> parse_put_block_list(const Call& call, std::string_view xml);
http::Response render_put_block_list(const Call& call, const BlockListDocument& document,
                                     const blob::PutBlockListResult& result);

}  // namespace lapis::azure
