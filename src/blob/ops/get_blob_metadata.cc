#include "lapis/blob/ops/get_blob_metadata.h"

#include "blob/single_read.h"

namespace lapis::blob {

io::Task<Result<GetBlobMetadataResult>> get_blob_metadata(Service& service,
                                                          GetBlobMetadata request) {
  LAPIS_CO_TRY(const auto blob, co_await find_for_single_read(service, request.key,
                                                              request.conditions, request.lease));
  co_return GetBlobMetadataResult{{blob, &blob->properties}};
}

}  // namespace lapis::blob
