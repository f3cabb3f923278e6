#include "lapis/blob/ops/get_block_list.h"

#include <algorithm>

#include "blob/blob_rows.h"
#include "blob/block_rows.h"
#include "blob/lookup.h"
#include "blob/state_row.h"

namespace lapis::blob {
namespace {

Result<void> check(const GetBlockList& request, const BlobRows& rows, const ServiceClock& time) {
  if (!rows.blob && !rows.upload) return fail(ErrorCode::kBlobNotFound);
  const BlobRecord* blob = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY_VOID(check_blocks(LeaseUse::kReadBlob, request.lease, blob, time));
  if (blob == nullptr) return check_write(request.conditions, nullptr, false);
  return check_read(request.conditions, target_of(blob->properties));
}

Result<void> check_lengths(const std::vector<ListedBlock>& blocks, std::uint64_t longest) {
  const auto fits = [longest](const ListedBlock& block) { return block.length <= longest; };
  if (std::ranges::all_of(blocks, fits)) return {};
  return fail(ErrorCode::kFeatureVersionMismatch, "a block is longer than the version knows");
}

void add_all(const std::vector<Block>& blocks, std::vector<ListedBlock>& into) {
  for (const Block& block : blocks) into.push_back({block.id, block.length});
}

Result<void> list_committed(storage::MetaSnapshot& snapshot, ContainerId container,
                            const Body& body, std::vector<ListedBlock>& into) {
  LAPIS_TRY(const CommittedBlocks committed, read_committed(snapshot, container, body));
  add_all(committed.direct, into);
  for (const OldSegment& old : committed.segments) add_all(old.segment.blocks, into);
  return {};
}

// A snapshot or version has committed blocks only.
Result<BlobRows> read_rows(storage::MetaSnapshot& snapshot, ContainerId container,
                           const BlobKey& key) {
  if (!past_time_of(key)) return read_blob_rows(snapshot, container, key.name);
  LAPIS_TRY_VOID(check_live(snapshot, container));
  LAPIS_TRY(const StateRow state, read_state(snapshot, container, key));
  BlobRows rows;
  LAPIS_TRY(rows.blob, decode_blob(state.row));
  return rows;
}

Result<GetBlockListResult> read(storage::MetaSnapshot& snapshot, ContainerId container,
                                const GetBlockList& request, const ServiceClock& time) {
  LAPIS_TRY(const BlobRows rows, read_rows(snapshot, container, request.key));
  LAPIS_TRY_VOID(check(request, rows, time));
  GetBlockListResult result;
  if (rows.blob) {
    const BlobProperties& properties = rows.blob->properties;
    result.blob = {properties.etag, properties.last_modified, properties.content_length};
    // Those that nobody asked for count too, where there can be a long one.
    if (request.committed || properties.content_length > request.longest) {
      LAPIS_TRY_VOID(list_committed(snapshot, container, rows.blob->body, result.committed));
      LAPIS_TRY_VOID(check_lengths(result.committed, request.longest));
    }
    if (!request.committed) result.committed.clear();
  }
  if (rows.upload && request.uncommitted) {
    BlockIndex staged;
    LAPIS_TRY_VOID(read_staged(snapshot, container, rows.upload->id, staged));
    for (const Block& block : staged.all()) result.uncommitted.push_back({block.id, block.length});
    LAPIS_TRY_VOID(check_lengths(result.uncommitted, request.longest));
  }
  return result;
}

}  // namespace

io::Task<Result<GetBlockListResult>> get_block_list(Service& service, GetBlockList request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return read(*snapshot, container->id, request, *service.time); };
  co_return co_await service.blocking.run(std::move(job));
}

}  // namespace lapis::blob
