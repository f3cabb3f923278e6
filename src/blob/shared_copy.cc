#include "blob/shared_copy.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/copy_rules.h"
#include "blob/hint_queue.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

struct Change {
  const SharedCopy& request;
  Timestamp now;
  const ServiceClock& time;
  SharedCopied result = {};  // out
};

Result<BlobRecord> read_source(storage::MetaView& view, const SharedCopy& request) {
  LAPIS_TRY(const auto row, view.get(state_key(request.container, request.source)));
  if (!row) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(BlobRecord source, decode_blob(*row));
  const BlobProperties& properties = source.properties;
  // Of pages two that write cannot share any (page_copy.h).
  LAPIS_TRY_VOID(check_copied_type(properties.type, request.blob.tier, request.seal));
  if (properties.tier == AccessTier::kArchive) return fail(ErrorCode::kBlobArchived);
  const Result<void> met =
      check_read(request.source_conditions, {properties.etag, properties.last_modified});
  if (!met) return fail(of_source(met.error()));
  return source;
}

NewBlob made_of(const Change& change, const BlobProperties& source) {
  const PutBlob& blob = change.request.blob;
  NewBlob made;
  made.now = change.now;
  made.type = source.type;
  made.append_blocks = source.append_blocks;
  made.sealed = change.request.seal.value_or(source.sealed);
  made.tier = blob.tier;
  made.http = source.http;
  made.metadata = blob.metadata.empty() ? source.metadata : blob.metadata;
  made.tags = blob.tags;
  made.content_length = source.content_length;
  made.copy = blob.copy;
  made.copy->copied = made.copy->total = source.content_length;
  return made;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const SharedCopy& request = change.request;
  const PutBlob& blob = request.blob;
  const std::string& name = blob.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, request.container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY(BlobRecord source, read_source(view, request));
  const Replacement claim{blob.may_overwrite, true, blob.lease, blob.conditions,
                          source.properties.type};
  const Result<void> may = check_replace(claim, existing, change.time);
  if (!may) return fail(of_target(may.error()));
  const std::string source_key = state_key(request.container, request.source);
  const bool is_itself = source_key == blob_key(request.container, name);
  if (!is_itself) {
    LAPIS_TRY_VOID(share_body(view, request.container, source.body));
    view.put(source_key, encode_blob(source.properties, encode_body(source.body)));
  }
  const BlobProperties properties = make_properties(made_of(change, source.properties),
                                                    Etag{view.next_id()}, existing, change.time);
  view.put(blob_key(request.container, name), encode_blob(properties, encode_body(source.body)));
  if (rank_of(properties.tier) != rank_of(source.properties.tier)) {
    queue_hint(view, request.container, name);
  }
  index_tags(view, request.container, name, tags_of(existing), properties.tags);
  change.result = {properties.etag, properties.last_modified};
  if (rows.upload) discard_upload(view, request.container, name, rows.upload->id);
  if (!rows.blob || is_itself) return {};
  return drop_body(view, request.container, std::move(rows.blob->body));
}

}  // namespace

io::Task<Result<SharedCopied>> copy_shared(Service& service, SharedCopy request) {
  Change change{request, service.clock.now(), *service.time};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({request.container}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
