#include "lapis/azure/ops/undelete_blob.h"

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kUndeleteBlob = 20170729;

}  // namespace

Result<blob::UndeleteBlob> parse_undelete_blob(const Call& call) {
  if (!call.at_least(kUndeleteBlob)) return fail(invalid_parameter("comp", "undelete", ""));
  return blob::UndeleteBlob{blob_key(call)};
}

http::Response render_undelete_blob(const Call&) { return {}; }

}  // namespace lapis::azure
