#include "blob/shared_copy.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/copy_rules.h"
#include "blob/hint_queue.h"
#include "blob/last_access.h"
#include "blob/past_states.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/state_row.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

struct Change {
  const SharedCopy& request;
  NamedAt at;
  const ServiceClock& time;
  SharedCopied result = {};  // out
};

struct Source {
  std::string key;
  BlobRecord blob;
};

Result<Source> read_source(storage::MetaView& view, const SharedCopy& request) {
  LAPIS_TRY(StateRow row, read_state(view, request.container, request.source));
  const BlobProperties& properties = row.properties;
  // Of pages two that write cannot share any (page_copy.h).
  LAPIS_TRY_VOID(check_copied_type(properties.type, request.blob.tier, request.seal));
  if (!may_be_copied(properties.tier, request.blob.tier)) return fail(ErrorCode::kBlobArchived);
  const Result<void> met = check_read(request.source_conditions, target_of(properties));
  if (!met) return fail(of_source(met.error()));
  LAPIS_TRY(BlobRecord blob, decode_blob(row.row));
  return Source{std::move(row.key), std::move(blob)};
}

NewBlob made_of(const Change& change, const BlobProperties& source) {
  NewBlob made = copy_of(source, change.request.blob, change.at.now);
  made.keeps_last_access = change.at.keeping.last_access;
  made.append_blocks = source.append_blocks;
  made.sealed = change.request.seal.value_or(source.sealed);
  return made;
}

// The source was read: its row is written in any case.
void write_source(storage::MetaView& view, const Change& change, Source& source) {
  BlobProperties& properties = source.blob.properties;
  if (change.at.keeping.last_access && properties.type == BlobType::kBlock &&
      is_access_due(properties.last_access, change.at.now)) {
    properties.last_access = change.at.now;
  }
  view.put(source.key, encode_blob(properties, encode_body(source.blob.body)));
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const SharedCopy& request = change.request;
  const PutBlob& blob = request.blob;
  const std::string& name = blob.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, request.container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY(auto found, read_source(view, request));
  BlobRecord& source = found.blob;
  const Replacement claim{
      blob.may_overwrite,       true,       blob.lease, blob.conditions, source.properties.type,
      blob.endless_leases_only, blob.absent};
  const Result<void> may = check_replace(claim, existing, rows.upload.has_value(), change.time);
  if (!may) return fail(of_target(may.error()));
  const bool is_itself = found.key == blob_key(request.container, name);
  const bool is_shared = !is_itself || outlives(source.properties, change.at.keeping);
  if (is_shared) LAPIS_TRY_VOID(share_body(view, request.container, source.body));
  if (is_itself) {
    rows.blob->body.id = source.body.id;
  } else {
    write_source(view, change, found);
  }
  BlobProperties properties = make_properties(made_of(change, source.properties),
                                              Etag{view.next_id()}, existing, change.time);
  LAPIS_TRY(const bool lives_on, succeed(view, change.at, rows, properties));
  view.put(blob_key(request.container, name), encode_blob(properties, encode_body(source.body)));
  if (rank_of(properties.tier) != rank_of(source.properties.tier)) {
    queue_hint(view, request.container, name);
  }
  index_tags(view, request.container, name, tags_of(existing), properties.tags);
  change.result = {properties.etag, properties.last_modified, properties.version};
  if (rows.upload) discard_upload(view, request.container, name, rows.upload->id);
  if (!rows.blob || is_itself || lives_on) return {};
  return drop_body(view, request.container, std::move(rows.blob->body));
}

}  // namespace

io::Task<Result<SharedCopied>> copy_shared(Service& service, SharedCopy request) {
  const BlobKey& key = request.blob.key;
  auto keeping = peek_keeping(service, key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, key.account));
  }
  const NamedAt at{request.container, key.name, service.clock.now(), *keeping};
  Change change{request, at, *service.time};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({request.container}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
