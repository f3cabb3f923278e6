// Get Page Ranges: GET /CONTAINER/BLOB?comp=pagelist -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/get_page_ranges.h"

namespace lapis::azure {

Result<blob::GetPageRanges> parse_get_page_ranges(const Call& call);
http::Response render_get_page_ranges(const Call& call, const blob::GetPageRangesResult& result);

}  // namespace lapis::azure
