#include "lapis/azure/ops/put_page_blob.h"

#include <string>

#include "azure/field_errors.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/body_length.h"
#include "azure/request/http_properties.h"
#include "azure/request/new_blob.h"
#include "azure/request/page_headers.h"

namespace lapis::azure {
namespace {

// The first version that knows them.
constexpr std::uint32_t kTiersOfPageBlobs = 20170417;

// The blob is made of zeros: there is no body.
Result<void> check_empty_body(const Call& call) {
  LAPIS_TRY_VOID(check_no_body(call.request));
  LAPIS_TRY(const blob::BodyHashes hashes, parse_body_hashes(call));
  return check_hashes(hashes, hash_document({}));
}

}  // namespace

Result<blob::PutPageBlob> parse_put_page_blob(const Call& call) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY_VOID(check_empty_body(call));
  // Only premium accounts have tiers of page blobs.
  if (call.at_least(kTiersOfPageBlobs) && !headers.get("x-ms-access-tier").empty()) {
    return fail(ErrorCode::kInvalidBlobTier);
  }
  blob::PutPageBlob request;
  LAPIS_TRY(const auto length, parse_page_blob_length(call));
  if (!length) return fail(missing_header("x-ms-blob-content-length"));
  request.length = *length;
  LAPIS_TRY(const auto number, parse_sequence_number(headers, "x-ms-blob-sequence-number"));
  request.sequence_number = number.value_or(0);
  LAPIS_TRY(request.blob, parse_new_blob(call));
  request.blob.http = put_blob_properties(call);
  LAPIS_TRY(request.blob.http.content_md5, parse_md5(headers, "x-ms-blob-content-md5"));
  return request;
}

http::Response render_put_page_blob(const Call& call, const blob::PutPageBlobResult& result) {
  return made_blob_response(call, {result.etag, result.last_modified, result.version});
}

}  // namespace lapis::azure
