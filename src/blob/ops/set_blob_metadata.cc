#include "lapis/blob/ops/set_blob_metadata.h"

#include "blob/property_row.h"

namespace lapis::blob {

io::Task<Result<SetBlobMetadataResult>> set_blob_metadata(Service& service,
                                                          SetBlobMetadata request) {
  PropertyChange change{request.key, request.lease, request.conditions, {}};
  change.edit = [&request](BlobProperties& properties) { properties.metadata = request.metadata; };
  change.makes_version = true;
  LAPIS_CO_TRY(const Changed changed, co_await change_properties(service, std::move(change)));
  co_return SetBlobMetadataResult{changed.etag, changed.last_modified, changed.version};
}

}  // namespace lapis::blob
