#include "lapis/blob/ops/set_blob_properties.h"

#include "blob/property_row.h"

namespace lapis::blob {

io::Task<Result<SetBlobPropertiesResult>> set_blob_properties(Service& service,
                                                              SetBlobProperties request) {
  PropertyChange change{request.key, request.lease, request.conditions, request.of_page_blobs, {}};
  change.edit = [&request](BlobProperties& properties) {
    properties.http = request.http;
    properties.copy.reset();  // from now on it is a blob of its own
  };
  LAPIS_CO_TRY(const Changed changed, co_await change_properties(service, std::move(change)));
  co_return SetBlobPropertiesResult{changed.etag, changed.last_modified};
}

}  // namespace lapis::blob
