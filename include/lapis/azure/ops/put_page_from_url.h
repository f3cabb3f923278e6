// Put Page From URL: PUT /CONTAINER/BLOB?comp=page with x-ms-copy-source -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_page_from_url.h"

namespace lapis::azure {

Result<blob::PutPageFromUrl> parse_put_page_from_url(const Call& call);
http::Response render_put_page_from_url(const Call& call, const blob::PutPageResult& result);

}  // namespace lapis::azure
