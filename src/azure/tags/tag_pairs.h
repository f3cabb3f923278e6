// Tags as requests carry them, checked.
#pragma once

#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// x-ms-tags: "k1=v1&k2=v2", URL-encoded ('+' is a blank); none where it is absent or empty. Errors:
// kInvalidHeaderValue for what is no such list, and for tags that no blob can have: more than ten,
// a key given twice, of no or more than 128 characters, a value of more than 256, a character that
// is not one of a-z A-Z 0-9 + - . / : = _ or a blank.
Result<blob::Tags> parse_tags_header(const http::Headers& headers);

// <Tags><TagSet><Tag><Key/><Value/></Tag>…</TagSet></Tags>. Errors: those of documents;
// kInvalidInput for tags that no blob can have.
Result<blob::Tags> parse_tags_document(std::string_view xml);

}  // namespace lapis::azure
