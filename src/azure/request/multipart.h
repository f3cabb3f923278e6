// A multipart body (RFC 2046, section 5.1), read strictly: line ends are CRLF, nothing stands
// before the first part or behind the closing delimiter, and the closing delimiter is there.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"

namespace lapis::azure {

struct MultipartPart {
  std::string_view headers;  // lines, each with its end
  std::string_view body;     // without the line end that belongs to the delimiter behind it
};

// Of "multipart/mixed; boundary=B", quoted or not. Errors: kInvalidHeaderValue with HeaderName for
// another type and for no boundary, an empty one, one longer than 70 characters or with characters
// no boundary has; kInvalidInput for two.
Result<std::string_view> multipart_boundary(std::string_view content_type);

// Views of `body`. Errors: kInvalidInput where it is not well-formed or has no part,
// kExceedsMaxBatchRequestCount for more than `max_parts`.
Result<std::vector<MultipartPart>> split_multipart(std::string_view body, std::string_view boundary,
                                                   std::size_t max_parts);

// The value of a part's header, without blanks around it; empty where there is none. Errors:
// kInvalidInput for a line that is no header, and for a header of that name given twice.
Result<std::string_view> part_header(const MultipartPart& part, std::string_view name);

}  // namespace lapis::azure
