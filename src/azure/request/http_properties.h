// The properties that a write stores: which header each of them comes from.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// The first version that knows a Content-Disposition: older ones pass over it, and do not show it.
inline constexpr std::uint32_t kDispositions = 20130815;

inline constexpr std::string_view kDefaultContentType = "application/octet-stream";

// Put Blob: x-ms-blob-* where given and not empty, else the standard header; Content-Disposition
// has no standard one. Leaves content_md5 unset.
blob::HttpProperties put_blob_properties(const Call& call);

// Put Block List: x-ms-blob-* only, for the standard headers describe the XML. Errors: kInvalidMd5.
Result<blob::HttpProperties> put_block_list_properties(const Call& call);

// Set Blob Properties: x-ms-blob-* only, and a type that is not given is none. Errors: kInvalidMd5.
Result<blob::HttpProperties> set_blob_http_properties(const Call& call);

// What an answer to a read says of its content. Leaves content_md5 unset.
blob::HttpProperties stored_properties(const http::Headers& answer);

}  // namespace lapis::azure
