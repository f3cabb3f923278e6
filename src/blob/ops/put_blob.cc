#include "lapis/blob/ops/put_blob.h"

#include "blob/blob_rows.h"
#include "blob/body_intake.h"
#include "blob/hint_queue.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/past_states.h"
#include "blob/pending_state.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

Replacement claim_of(const PutBlob& request) {
  return {request.may_overwrite, request.same_type,           request.lease, request.conditions,
          request.type,          request.endless_leases_only, request.absent};
}

// What can be refused from memory, before the client has sent its body.
Result<void> check_early(Service& service, ContainerId container, const PutBlob& request) {
  const auto existing = peek_blob(service, container, request.key.name);
  if (existing.known) {
    LAPIS_TRY_VOID(check_replace(claim_of(request), existing.value.get(), true, *service.time));
  }
  return check_room(service, request.content_length);
}

// x-ms-blob-content-md5 beats Content-MD5.
BodyHashes claimed_hashes(const PutBlob& request) {
  BodyHashes claimed = request.hashes;
  if (request.blob_md5) claimed.md5 = request.blob_md5;
  return claimed;
}

Body body_of(TakenBody& taken, std::uint64_t length) {
  Body body;
  if (taken.stored) {
    Block block;
    block.length = length;
    block.chunks = taken.stored->chunks();
    body.blocks.push_back(std::move(block));
  } else {
    body.inline_bytes = std::move(taken.bytes);
  }
  return body;
}

struct Change {
  NamedAt at;
  const PutBlob& request;
  const storage::StoredBody* stored;  // null for a short body
  std::string encoded_body;
  NewBlob made;
  const ServiceClock& time;
  BlobProperties properties;  // out
};

Result<void> apply(storage::MetaView& view, Change& change) {
  const ContainerId container = change.at.container;
  const std::string_view name = change.at.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  const bool staged = rows.upload.has_value();
  LAPIS_TRY_VOID(check_replace(claim_of(change.request), existing, staged, change.time));
  change.properties = make_properties(change.made, Etag{view.next_id()}, existing, change.time);
  LAPIS_TRY(const bool lives_on, succeed(view, change.at, rows, change.properties));
  if (change.stored != nullptr) change.stored->record(view, rank_of(change.properties.tier));
  view.put(blob_key(container, name), encode_blob(change.properties, change.encoded_body));
  index_tags(view, container, name, tags_of(existing), change.properties.tags);
  if (change.request.pending) {
    PendingCopy pending = *change.request.pending;
    pending.container = container;
    put_pending_copy(view, pending);
  }
  if (rows.upload) discard_upload(view, container, name, rows.upload->id);
  if (!rows.blob || lives_on) return {};
  return drop_body(view, container, std::move(rows.blob->body));
}

}  // namespace

io::Task<Result<void>> check_put_blob(Service& service, const PutBlob& request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_protection(service, request.key.account, request.protection));
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, container->id, request.key));
  co_return check_replace(claim_of(request), existing.get(), true, *service.time);
}

io::Task<Result<PutBlobResult>> put_blob(Service& service, PutBlob request, io::ByteSource& body) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_protection(service, request.key.account, request.protection));
  LAPIS_CO_TRY_VOID(check_early(service, container->id, request));

  const IncomingBody incoming{container->id, request.key.name, request.content_length, true};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  LAPIS_CO_TRY_VOID(check_hashes(claimed_hashes(request), taken));

  auto keeping = peek_keeping(service, request.key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, request.key.account));
  }
  const NamedAt at{container->id, request.key.name, service.clock.now(), *keeping};
  NewBlob made;
  made.now = at.now;
  made.type = request.type.value_or(BlobType::kBlock);
  made.append_blocks = request.append_blocks;
  made.sealed = request.sealed;
  made.keeps_last_access = keeping->last_access;
  made.tier = request.tier;
  made.http = request.http;
  if (!request.keeps_md5) made.http.content_md5 = taken.md5;
  made.copy = request.copy;
  made.metadata = request.metadata;
  made.tags = request.tags;
  made.protection = request.protection;
  made.content_length = request.content_length;
  std::string encoded = encode_body(body_of(taken, request.content_length));
  Change change{at, request, taken.stored.get(), std::move(encoded), std::move(made), *service.time,
                {}};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  if (taken.stored) taken.stored->recorded();
  co_return PutBlobResult{change.properties.etag, change.properties.last_modified, *taken.md5,
                          taken.crc64, change.properties.version};
}

}  // namespace lapis::blob
