// URLs that name blobs of this store.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// The blob, or its snapshot, that `url` names, where that is one of the account of the request, at
// the endpoint that was asked.
std::optional<blob::BlobKey> local_source(const Call& call, std::string_view url);

}  // namespace lapis::azure
