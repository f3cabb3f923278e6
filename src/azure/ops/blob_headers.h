// What GET and HEAD of a blob show of its properties.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/lease_view.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// "BlockBlob", "AppendBlob" or "PageBlob": x-ms-blob-type, and BlobType in a listing.
std::string_view type_name(blob::BlobType type);

// ETag, Last-Modified, the stored HTTP properties (or what a service SAS puts in their place),
// metadata, type, lease state, protection. Not the stored MD5 and not the tier, which depend on the
// operation.
void add_blob_headers(http::Headers& headers, const Call& call,
                      const blob::BlobProperties& properties, const blob::LeaseView& lease);

// x-ms-last-access-time, where there is one to tell.
void add_last_access(http::Headers& headers, const Call& call,
                     const std::optional<Timestamp>& last_access);

// x-ms-access-tier, -inferred and -change-time.
void add_tier(http::Headers& headers, const Call& call, const blob::BlobProperties& properties);

}  // namespace lapis::azure
