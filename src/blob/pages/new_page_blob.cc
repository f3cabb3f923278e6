#include "blob/pages/new_page_blob.h"

#include <utility>

#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

BlobProperties properties_of(NewPageBlob& blob, Etag etag, const BlobRecord* existing,
                             const ServiceClock& time) {
  blob.made.type = BlobType::kPage;
  BlobProperties properties = make_properties(std::move(blob.made), etag, existing, time);
  properties.sequence_number = blob.sequence_number;
  return properties;
}

}  // namespace

Result<void> check_new_page_blob(const PutBlob& blob, bool page_blobs_only,
                                 const BlobRecord* existing, bool staged,
                                 const ServiceClock& time) {
  const Replacement claim{blob.may_overwrite, page_blobs_only,          blob.lease, blob.conditions,
                          BlobType::kPage,    blob.endless_leases_only, blob.absent};
  return check_replace(claim, existing, staged, time);
}

Result<BlobProperties> write_page_blob(storage::MetaView& view, const NamedAt& at, NewPageBlob blob,
                                       const ServiceClock& time) {
  const ContainerId container = at.container;
  const std::string_view name = at.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  const bool staged = rows.upload.has_value();
  LAPIS_TRY_VOID(check_new_page_blob(blob.blob, blob.page_blobs_only, existing, staged, time));
  BlobProperties properties = properties_of(blob, Etag{view.next_id()}, existing, time);
  LAPIS_TRY(const bool lives_on, succeed(view, at, rows, properties));
  Body body;
  body.pages = blob.pages;
  if (!has_pages(body)) body.pages = {PageMapId{view.next_id()}, 1, 0};
  body.layers = std::move(blob.layers);
  view.put(blob_key(container, name), encode_blob(properties, encode_body(body)));
  index_tags(view, container, name, tags_of(existing), properties.tags);
  if (rows.upload) discard_upload(view, container, name, rows.upload->id);
  if (rows.blob && !lives_on) {
    LAPIS_TRY_VOID(drop_body(view, container, std::move(rows.blob->body)));
  }
  return properties;
}

}  // namespace lapis::blob
