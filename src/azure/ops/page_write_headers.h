// What every answer to a write of pages carries.
#pragma once

#include <string>

#include "azure/ops/response_headers.h"
#include "lapis/blob/ops/put_page.h"

namespace lapis::azure {

inline constexpr std::string_view kSequenceNumber = "x-ms-blob-sequence-number";

inline void add_page_write_headers(http::Headers& headers, const blob::PutPageResult& result) {
  add_etag_and_date(headers, result.etag, result.last_modified);
  headers.add(kSequenceNumber, std::to_string(result.sequence_number));
}

}  // namespace lapis::azure
