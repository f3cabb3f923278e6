// x-ms-if-tags and the `where` of Find Blobs by Tags, read.
//
// Both compare keys (bare or in double quotes) with 'values'. A condition has all six operators,
// AND, OR and parentheses; AND binds tighter. A query has comparisons joined by AND, without <>,
// and `@container = 'name'`; a bare key must be no reserved word of SQL; each key may have one
// lower and one upper bound, or one value.
#pragma once

#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/tag_expression.h"

namespace lapis::azure {

// Errors: kInvalidHeaderValue naming `header`.
Result<blob::TagExpression> parse_tag_condition(std::string_view text,
                                                std::string_view header = "x-ms-if-tags");

// `names_container`: the request's path names the container already. Errors:
// kInvalidQueryParameterValue naming `where`, with a message of its own that says what is wrong and
// where.
Result<blob::TagQuery> parse_tag_query(std::string_view text, bool names_container);

}  // namespace lapis::azure
