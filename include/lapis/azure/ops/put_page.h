// Put Page: PUT /CONTAINER/BLOB?comp=page -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/put_page.h"

namespace lapis::azure {

struct PutPageRequest {
  blob::PutPage pages;
  bool clears = false;  // x-ms-page-write: clear; there is no body
};
Result<PutPageRequest> parse_put_page(const Call& call);
http::Response render_put_page(const Call& call, const blob::PutPageResult& result);
http::Response render_clear_pages(const blob::PutPageResult& result);

}  // namespace lapis::azure
