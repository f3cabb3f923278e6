#include "lapis/azure/ops/incremental_copy_blob.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/copy_headers.h"
#include "azure/request/local_source.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kIncrementalCopies = 20160531;

}  // namespace

Result<blob::IncrementalCopyBlob> parse_incremental_copy_blob(const Call& call, bool by_key) {
  constexpr std::string_view kSource = "x-ms-copy-source";
  if (call.request.headers.get(kSource).empty()) return fail(missing_header(kSource));
  blob::IncrementalCopyBlob request;
  request.key = blob_key(call);
  LAPIS_TRY(request.source, parse_copy_source(call, kIncrementalCopies));
  LAPIS_TRY(request.conditions, parse_write_conditions(call));
  if (by_key) request.local = local_source(call, request.source.url);
  return request;
}

}  // namespace lapis::azure
