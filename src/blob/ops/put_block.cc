#include "lapis/blob/ops/put_block.h"

#include "blob/blob_rows.h"
#include "blob/body_intake.h"
#include "blob/lookup.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

// All uncommitted ids of a blob have one length; committed ones do not matter.
Result<void> check_id_length(const BlockId& block, const UploadRecord& upload) {
  if (upload.blocks > 0 && block.text.size() != upload.id_length) {
    return fail(ErrorCode::kInvalidBlobOrBlock, "block id of another length");
  }
  return {};
}

// What can be refused from memory, before the client has sent its body.
Result<void> check_early(Service& service, ContainerId container, const PutBlock& request) {
  const auto existing = peek_blob(service, container, request.key.name);
  if (existing.known) {
    LAPIS_TRY_VOID(
        check_blocks(LeaseUse::kWriteBlob, request.lease, existing.value.get(), *service.time));
  }
  if (const auto upload = peek_upload(service, container, request.key.name)) {
    LAPIS_TRY_VOID(check_id_length(request.block, *upload));
  }
  return check_room(service, request.content_length);
}

struct Change {
  ContainerId container;
  const PutBlock& request;
  const TakenBody& taken;
  Timestamp now;
  const ServiceClock& time;
};

// A first block opens the upload; its name is kept beside its blocks, so that uploads are found
// without walking every blob.
UploadRecord open_upload(storage::MetaView& view, const Change& change) {
  UploadRecord upload;
  upload.id.value = view.next_id();
  upload.id_length = static_cast<std::uint32_t>(change.request.block.text.size());
  view.put(upload_name_key(change.container, upload.id), change.request.key.name);
  return upload;
}

// A staged block is read by nobody, so a replaced one's row of bytes can go at once; its chunks are
// the reclaimer's.
void drop_replaced(storage::MetaView& view, ContainerId container, Block replaced) {
  if (replaced.bytes_row != BlockBytesId{}) {
    view.erase(block_bytes_key(container, replaced.bytes_row));
    return;
  }
  Body body;
  body.blocks.push_back(std::move(replaced));
  queue_body(view, container, std::move(body));
}

Block store_block(storage::MetaView& view, const Change& change) {
  Block block;
  block.length = change.request.content_length;
  if (change.taken.stored) {
    change.taken.stored->record(view, storage::HeatRank::kNormal);
    block.chunks = change.taken.stored->chunks();
  } else {
    block.bytes_row.value = view.next_id();
    view.put(block_bytes_key(change.container, block.bytes_row), change.taken.bytes);
  }
  return block;
}

// Staging a block is a write like any other, though nothing of the blob changes by it.
void forget_ended_lease(storage::MetaView& view, const Change& change, BlobRecord blob) {
  if (!blob.properties.lease || lease_after_write(blob.properties.lease, change.time)) return;
  blob.properties.lease.reset();
  view.put(blob_key(change.container, change.request.key.name),
           encode_blob(blob.properties, encode_body(blob.body)));
}

Result<void> apply(storage::MetaView& view, const Change& change) {
  const std::string& name = change.request.key.name;
  const BlockId& id = change.request.block;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.container, name));
  LAPIS_TRY_VOID(check_blocks(LeaseUse::kWriteBlob, change.request.lease,
                              rows.blob ? &*rows.blob : nullptr, change.time));
  if (rows.blob) forget_ended_lease(view, change, std::move(*rows.blob));
  UploadRecord upload = rows.upload ? *rows.upload : open_upload(view, change);
  LAPIS_TRY_VOID(check_id_length(id, upload));

  const std::string key = staged_block_key(change.container, upload.id, id);
  LAPIS_TRY(const auto replaced, view.get(key));
  if (replaced) {
    LAPIS_TRY(Block block, decode_staged_block(*replaced, id.text));
    drop_replaced(view, change.container, std::move(block));
  } else if (upload.blocks >= Limits::kMaxUncommittedBlocks) {
    return fail(ErrorCode::kBlockCountExceedsLimit);
  } else {
    ++upload.blocks;
  }
  view.put(key, encode(store_block(view, change)));
  ++upload.stamp;
  upload.last_write = change.now;
  view.put(upload_key(change.container, name), encode(upload));
  return {};
}

}  // namespace

io::Task<Result<void>> check_put_block(Service& service, const PutBlock& request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  co_return check_early(service, container->id, request);
}

io::Task<Result<PutBlockResult>> put_block(Service& service, PutBlock request,
                                           io::ByteSource& body) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_early(service, container->id, request));

  const bool want_md5 = request.want_md5 || request.hashes.md5.has_value();
  const IncomingBody incoming{container->id, request.key.name, request.content_length, want_md5};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  LAPIS_CO_TRY_VOID(check_hashes(request.hashes, taken));

  const Change change{container->id, request, taken, service.clock.now(), *service.time};
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
  if (taken.stored) taken.stored->recorded();
  co_return PutBlockResult{taken.md5, taken.crc64};
}

}  // namespace lapis::blob
