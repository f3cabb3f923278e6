#include "lapis/blob/ops/put_page_blob.h"

#include <utility>

#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/pages/new_page_blob.h"

namespace lapis::blob {

io::Task<Result<PutPageBlobResult>> put_page_blob(Service& service, PutPageBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.blob.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.blob.key));
  const BlobKey& key = request.blob.key;
  LAPIS_CO_TRY_VOID(check_protection(service, key.account, request.blob.protection));
  auto keeping = peek_keeping(service, key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, key.account));
  }
  const NamedAt at{container->id, key.name, service.clock.now(), *keeping};
  NewBlob made;
  made.now = at.now;
  made.http = request.blob.http;
  made.metadata = request.blob.metadata;
  made.tags = request.blob.tags;
  made.protection = request.blob.protection;
  made.content_length = request.length;
  PutPageBlobResult result;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    NewPageBlob blob{request.blob, made, request.sequence_number, {}, false};
    LAPIS_TRY(const BlobProperties properties,
              write_page_blob(view, at, std::move(blob), *service.time));
    result = {properties.etag, properties.last_modified, properties.version};
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return result;
}

}  // namespace lapis::blob
