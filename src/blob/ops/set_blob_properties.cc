#include "lapis/blob/ops/set_blob_properties.h"

#include "blob/pages/page_properties.h"
#include "blob/property_row.h"

namespace lapis::blob {

io::Task<Result<SetBlobPropertiesResult>> set_blob_properties(Service& service,
                                                              SetBlobProperties request) {
  const bool of_pages = request.length || request.sequence;
  if (of_pages) co_return co_await set_page_properties(service, std::move(request));
  PropertyChange change{request.key, request.lease, request.conditions, {}};
  change.edit = [&request](BlobProperties& properties) {
    properties.http = request.http;
    properties.copy.reset();  // from now on it is a blob of its own
  };
  LAPIS_CO_TRY(const Changed changed, co_await change_properties(service, std::move(change)));
  co_return SetBlobPropertiesResult{changed.etag, changed.last_modified, changed.sequence_number};
}

}  // namespace lapis::blob
