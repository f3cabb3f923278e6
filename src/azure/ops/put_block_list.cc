#include "lapis/azure/ops/put_block_list.h"

#include <string>

#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/http_properties.h"
#include "azure/request/metadata.h"
#include "azure/request/protection.h"
#include "azure/tags/tag_pairs.h"
#include "azure/xml/block_list_xml.h"

namespace lapis::azure {

Result<BlockListDocument> parse_put_block_list(const Call& call, std::string_view xml) {
  const http::Headers& headers = call.request.headers;
  BlockListDocument document;
  blob::PutBlockList& request = document.request;
  request.key = blob_key(call);
  LAPIS_TRY(request.http, put_block_list_properties(call));
  LAPIS_TRY(request.metadata, parse_metadata(headers));
  LAPIS_TRY(request.tags, parse_tags_header(headers));
  LAPIS_TRY(request.tier, parse_new_tier(call));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  LAPIS_TRY(request.lease, parse_lease(headers));
  LAPIS_TRY(request.protection, parse_protection(headers));
  request.absent = absent_blob(call);
  LAPIS_TRY(const blob::BodyHashes given, parse_body_hashes(call));
  const DocumentHashes hashes = hash_document(xml);
  LAPIS_TRY_VOID(check_hashes(given, hashes));
  document.md5 = hashes.md5;
  document.crc64 = hashes.crc64;
  LAPIS_TRY(request.blocks, parse_block_list(xml));
  return document;
}

http::Response render_put_block_list(const Call& call, const BlockListDocument& document,
                                     const blob::PutBlockListResult& result) {
  http::Response response;
  response.status = 201;
  add_etag_and_date(response.headers, result.etag, result.last_modified);
  add_body_hash(response.headers, call, document.md5, document.crc64);
  add_version(response.headers, call, result.version);
  add_request_encrypted(response.headers, call);
  return response;
}

}  // namespace lapis::azure
