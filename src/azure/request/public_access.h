// x-ms-blob-public-access: what anybody may read of a container.
#pragma once

#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/container_access.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// kNone where it is absent or empty. Errors: kInvalidHeaderValue.
Result<blob::PublicAccess> parse_public_access(const http::Headers& headers);

// "blob" or "container"; empty for none.
std::string_view public_access_text(blob::PublicAccess level);

// None where there is nothing public.
void add_public_access(http::Headers& headers, blob::PublicAccess level);

}  // namespace lapis::azure
