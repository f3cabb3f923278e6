#include "lapis/blob/ops/put_page_blob.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

struct Change {
  ContainerId container;
  const PutPageBlob& request;
  Timestamp now;
  const ServiceClock& time;
  PutPageBlobResult result = {};  // out
};

Result<void> check(const PutPageBlob& request, const BlobRecord* existing,
                   const ServiceClock& time) {
  const PutBlob& blob = request.blob;
  const Replacement claim{blob.may_overwrite, false, blob.lease, blob.conditions};
  LAPIS_TRY_VOID(check_replace(claim, existing, time));
  const bool others = existing != nullptr && existing->properties.snapshots != 0 &&
                      existing->properties.type != BlobType::kPage;
  if (others) return fail(ErrorCode::kInvalidBlobType, "snapshots of another type");
  return {};
}

BlobProperties properties_of(const PutPageBlob& request, Etag etag, const BlobRecord* existing,
                             Timestamp now, const ServiceClock& time) {
  NewBlob made;
  made.now = now;
  made.http = request.blob.http;
  made.metadata = request.blob.metadata;
  made.tags = request.blob.tags;
  made.content_length = request.length;
  BlobProperties properties = make_properties(std::move(made), etag, existing, time);
  properties.type = BlobType::kPage;
  properties.sequence_number = request.sequence_number;
  // Page blobs have no tier, and what they replace may have had one.
  properties.tier = AccessTier::kHot;
  properties.tier_inferred = true;
  properties.tier_changed.reset();
  return properties;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const PutPageBlob& request = change.request;
  const std::string& name = request.blob.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY_VOID(check(request, existing, change.time));
  const BlobProperties properties =
      properties_of(request, Etag{view.next_id()}, existing, change.now, change.time);
  Body body;
  body.pages.map.value = view.next_id();
  body.pages.generation = 1;
  view.put(blob_key(change.container, name), encode_blob(properties, encode_body(body)));
  index_tags(view, change.container, name, tags_of(existing), properties.tags);
  change.result = {properties.etag, properties.last_modified};
  if (rows.upload) discard_upload(view, change.container, name, rows.upload->id);
  if (!rows.blob) return {};
  return drop_body(view, change.container, std::move(rows.blob->body));
}

}  // namespace

io::Task<Result<PutPageBlobResult>> put_page_blob(Service& service, PutPageBlob request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.blob.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.blob.key));
  Change change{container->id, request, service.clock.now(), *service.time};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
