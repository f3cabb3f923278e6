#include "blob/block_list_commit.h"

#include <limits>
#include <utility>

#include "blob/block_rows.h"
#include "blob/hint_queue.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

// A sum of lengths that no store can hold; a list may repeat one large block 50,000 times.
constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

Result<void> check_length(std::span<const Block* const> blocks) {
  std::uint64_t length = 0;
  for (const Block* block : blocks) {
    if (block->length > kMaxLength - length) return fail(ErrorCode::kInvalidBlockList, "too long");
    length += block->length;
  }
  return {};
}

void index(const CommittedBlocks& committed, BlockIndex& into) {
  for (const Block& block : committed.direct) into.add(block);
  for (const OldSegment& old : committed.segments) {
    for (const Block& block : old.segment.blocks) into.add(block);
  }
}

// Whether the old body stays with others when this row gets a new one.
bool lives_on(const PreparedCommit& prepared) {
  return prepared.outlives || is_held_elsewhere(prepared.sharing);
}

Result<void> resolve(storage::MetaSnapshot& snapshot, ContainerId container,
                     const PutBlockList& request, const BlobRows& rows, PreparedCommit& prepared) {
  CommittedBlocks old;
  BlockIndex committed;
  prepared.keeps_some = rows.blob && needs_committed(request.blocks, prepared.staged);
  if (prepared.keeps_some) {
    LAPIS_TRY(old, read_committed(snapshot, container, rows.blob->body));
    index(old, committed);
  }
  LAPIS_TRY(const auto chosen, resolve_block_list(request.blocks, prepared.staged, committed));
  LAPIS_TRY_VOID(check_length(chosen));
  prepared.dropped = left_over(prepared.staged, chosen);
  if (prepared.keeps_some && lives_on(prepared)) {
    prepared.plan = plan_block_map(chosen, {});
    prepared.kept = used(committed, chosen);
    return {};
  }
  prepared.plan = plan_block_map(chosen, old.segments);
  for (Block& block : left_over(committed, chosen)) prepared.dropped.push_back(std::move(block));
  prepared.emptied = emptied_segments(prepared.plan, old.segments);
  return {};
}

// Blocks are staged before anybody says what tier they will be of, and may come from a blob of
// another one.
bool needs_hint(const PreparedCommit& prepared, AccessTier tier, const BlobRecord* replaced) {
  constexpr auto kNormal = storage::HeatRank::kNormal;
  if (rank_of(tier) != kNormal) return prepared.plan.length != 0;
  return prepared.keeps_some && rank_of(replaced->properties.tier) != kNormal;
}

// What becomes of the old body, which has an id from now on where a past state keeps it and the new
// one takes over some of it; returns the new one's id.
Result<BodyId> replace_body(storage::MetaView& view, ContainerId container,
                            const PreparedCommit& prepared, std::optional<BlobRecord>& old) {
  if (!old) return BodyId{};
  if (!prepared.keeps_some) {
    if (!prepared.outlives) LAPIS_TRY_VOID(drop_body(view, container, std::move(old->body)));
    return BodyId{};
  }
  if (prepared.outlives) LAPIS_TRY_VOID(share_body(view, container, old->body));
  const BodyId body = old->body.id;
  if (body == BodyId{}) return BodyId{};
  if (lives_on(prepared)) {
    Body from = prepared.outlives ? old->body : std::move(old->body);
    return take_over(view, container, prepared.kept, std::move(from));
  }
  // Blocks with several owners know this body by its id.
  if (prepared.sharing.counted) return prepared.body;
  view.erase(shared_body_key(container, prepared.body));
  return BodyId{};
}

}  // namespace

Replacement claim_of(const PutBlockList& request) {
  Replacement claim{request.may_overwrite, true, request.lease, request.conditions};
  claim.absent = request.absent;
  return claim;
}

Result<std::unique_ptr<PreparedCommit>> prepare_commit(storage::MetaSnapshot& snapshot,
                                                       const NamedAt& at,
                                                       const PutBlockList& request,
                                                       const ServiceClock& time) {
  const ContainerId container = at.container;
  LAPIS_TRY(const BlobRows rows, read_blob_rows(snapshot, container, at.name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY_VOID(check_replace(claim_of(request), existing, rows.upload.has_value(), time));
  auto prepared = std::make_unique<PreparedCommit>();
  if (rows.blob) {
    prepared->blob = rows.blob->properties.etag;
    prepared->body = rows.blob->body.id;
    prepared->outlives = outlives(rows.blob->properties, at.keeping);
    LAPIS_TRY(prepared->sharing, read_sharing(snapshot, container, prepared->body));
  }
  prepared->upload = rows.upload;
  if (rows.upload) {
    LAPIS_TRY_VOID(read_staged(snapshot, container, rows.upload->id, prepared->staged));
  }
  LAPIS_TRY_VOID(resolve(snapshot, container, request, rows, *prepared));
  return prepared;
}

Result<bool> still_true(storage::MetaView& view, const NamedAt& at, const PreparedCommit& prepared,
                        const BlobRows& rows) {
  if (rows.blob.has_value() != prepared.blob.has_value()) return false;
  if (rows.blob) {
    if (rows.blob->properties.etag != *prepared.blob) return false;
    // A snapshot leaves the ETag as it is.
    if (rows.blob->body.id != prepared.body) return false;
    // So does a policy or a hold, by which the blob becomes a version.
    if (outlives(rows.blob->properties, at.keeping) != prepared.outlives) return false;
    LAPIS_TRY(const SharedBody now, read_sharing(view, at.container, prepared.body));
    const SharedBody& then = prepared.sharing;
    const bool is_as_it_was = is_held_elsewhere(now) == is_held_elsewhere(then);
    if (!is_as_it_was || now.counted != then.counted) return false;
  }
  if (rows.upload.has_value() != prepared.upload.has_value()) return false;
  if (!rows.upload) return true;
  return rows.upload->id == prepared.upload->id && rows.upload->stamp == prepared.upload->stamp;
}

Result<BlobProperties> write_commit(storage::MetaView& view, const NamedAt& at,
                                    const PutBlockList& request, const PreparedCommit& prepared,
                                    BlobRows rows, const ServiceClock& time) {
  const ContainerId container = at.container;
  const std::string_view name = at.name;
  NewBlob made;
  made.now = at.now;
  made.tier = request.tier;
  made.keeps_creation_time = true;
  made.keeps_last_access = at.keeping.last_access;
  made.http = request.http;
  made.metadata = request.metadata;
  made.tags = request.tags;
  made.protection = request.protection;
  made.content_length = prepared.plan.length;
  const BlobRecord* replaced = rows.blob ? &*rows.blob : nullptr;
  BlobProperties properties =
      make_properties(std::move(made), Etag{view.next_id()}, replaced, time);
  if (needs_hint(prepared, properties.tier, replaced)) queue_hint(view, container, name);
  index_tags(view, container, name, tags_of(replaced), properties.tags);
  Body body = write_block_map(view, container, prepared.plan);
  LAPIS_TRY(body.id, replace_body(view, container, prepared, rows.blob));
  LAPIS_TRY_VOID(succeed(view, at, rows, properties));
  view.put(blob_key(container, name), encode_blob(properties, encode_body(body)));
  if (rows.upload) consume_upload(view, container, name, rows.upload->id, prepared.staged);
  queue_blocks(view, container, prepared.dropped, prepared.emptied, body.id);
  return properties;
}

}  // namespace lapis::blob
