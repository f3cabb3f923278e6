#include "azure/request/new_blob.h"

#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/metadata.h"
#include "azure/request/protection.h"
#include "azure/tags/tag_pairs.h"

namespace lapis::azure {

Result<blob::PutBlob> parse_new_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::PutBlob blob;
  blob.key = blob_key(call);
  LAPIS_TRY(blob.metadata, parse_metadata(headers));
  LAPIS_TRY(blob.tags, parse_tags_header(headers));
  LAPIS_TRY(blob.tier, parse_new_tier(call));
  LAPIS_TRY(blob.conditions, parse_write_conditions(call));
  LAPIS_TRY(blob.lease, parse_lease(headers));
  LAPIS_TRY(blob.protection, parse_protection(headers));
  blob.absent = absent_blob(call);
  return blob;
}

}  // namespace lapis::azure
