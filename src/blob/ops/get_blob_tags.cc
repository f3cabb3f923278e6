#include "lapis/blob/ops/get_blob_tags.h"

#include "blob/single_read.h"

namespace lapis::blob {

io::Task<Result<Tags>> get_blob_tags(Service& service, GetBlobTags request) {
  LAPIS_CO_TRY(const auto blob, co_await find_for_single_read(service, request.key,
                                                              request.conditions, request.lease));
  co_return blob->properties.tags;
}

}  // namespace lapis::blob
