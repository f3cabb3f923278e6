#include "blob/release_batch.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "blob/pages/page_length.h"
#include "blob/pages/page_release.h"
#include "blob/row_pages.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kChunksInTransaction = 500;
constexpr std::size_t kRowsInTransaction = 1000;

using Owners = std::vector<BodyId>;

// Who owns each target, by the rows of table 2a.
Result<std::vector<Owners>> read_owners(storage::MetaSnapshot& snapshot,
                                        const std::vector<BlockTarget>& targets) {
  std::vector<Owners> all;
  all.reserve(targets.size());
  for (const BlockTarget& target : targets) {
    Owners& owners = all.emplace_back();
    const std::string first = block_owner_prefix(target);
    const auto cursor = snapshot.scan(first, prefix_end(first));
    for (; cursor->valid(); cursor->next()) {
      const auto key = parse_block_owner_key(cursor->key());
      if (!key) return fail(ErrorCode::kInternalError, "key of a block's owner is damaged");
      owners.push_back(key->owner);
    }
    LAPIS_TRY_VOID(cursor->status());
  }
  return all;
}

}  // namespace

// What this batch holds of another owner is not in the rows yet that say who else owns a block.
io::Task<Result<void>> ReleaseBatch::add_body(const Body& body, BodyId owner) {
  if (has_pages(body)) co_return co_await add_page_map(body.pages.map);
  if (is_borrowed(body)) co_return fail(ErrorCode::kInternalError, "a borrowed body is not freed");
  if (owner != BodyId{}) LAPIS_CO_TRY_VOID(co_await flush());
  LAPIS_CO_TRY_VOID(co_await add_blocks(body.blocks, owner));
  for (const SegmentRef& ref : body.segments) {
    LAPIS_CO_TRY(const auto row, co_await service_.meta.get(segment_key(container_, ref.id)));
    if (!row) continue;  // freed before an interruption
    LAPIS_CO_TRY(const Segment segment, decode_segment(*row));
    LAPIS_CO_TRY_VOID(co_await add_blocks(segment.blocks, owner));
    LAPIS_CO_TRY_VOID(co_await add_segment_row(ref.id));
  }
  if (owner != BodyId{}) LAPIS_CO_TRY_VOID(co_await flush());
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_pages(const PageRelease& release) {
  if (release.whole) co_return co_await add_page_map(release.map);
  if (release.behind) {
    co_return co_await give_back(service_, container_, release.map, *release.behind);
  }
  if (release.thinned) co_return co_await thin(release.map);
  const auto snapshot = service_.meta.snapshot();
  UnnamedTargets search(*snapshot, container_, release);
  while (!search.is_done()) {
    auto job = [&search] { return search.step(); };
    LAPIS_CO_TRY(const auto unnamed, co_await service_.blocking.run(std::move(job)));
    for (const BlockTarget& target : unnamed) LAPIS_CO_TRY_VOID(co_await add_target(target));
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::thin(PageMapId map) {
  if (thinned_ != nullptr && thinned_->contains(container_, map)) co_return Result<void>{};
  LAPIS_CO_TRY_VOID(co_await thin_map(service_, container_, map));
  if (thinned_ != nullptr) thinned_->add(container_, map);
  co_return Result<void>{};
}

// All its rows, whatever their generations.
io::Task<Result<void>> ReleaseBatch::add_page_map(PageMapId map) {
  std::string first = page_map_prefix(container_, map);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service_, first, last));
    if (page.empty()) co_return Result<void>{};
    first = after(page);
    for (Row& row : page) {
      LAPIS_CO_TRY(const PagePieces pieces, decode_pieces(row.value, container_));
      for (const PagePiece& piece : pieces) {
        if (!is_zeros(piece)) LAPIS_CO_TRY_VOID(co_await add_target(piece.target));
      }
      LAPIS_CO_TRY_VOID(co_await add_row(std::move(row.key)));
    }
  }
}

io::Task<Result<void>> ReleaseBatch::add_segment_row(SegmentId segment) {
  return add_row(segment_key(container_, segment));
}

io::Task<Result<void>> ReleaseBatch::add_upload(UploadId upload) {
  std::string first = upload_prefix(container_, upload);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service_, first, last));
    if (page.empty()) break;
    first = after(page);
    for (Row& row : page) {
      const auto key = parse_staged_key(row.key);
      if (!key) co_return fail(ErrorCode::kInternalError, "staged block key is damaged");
      if (!key->block.empty()) {
        std::vector<Block> block(1);
        LAPIS_CO_TRY(block[0], decode_staged_block(row.value, key->block));
        LAPIS_CO_TRY_VOID(co_await add_blocks(block, {}));
      }
      LAPIS_CO_TRY_VOID(co_await add_row(std::move(row.key)));
    }
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_row(std::string key) {
  rows_.push_back(std::move(key));
  if (rows_.size() >= kRowsInTransaction) {
    LAPIS_CO_TRY_VOID(co_await flush());
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_blocks(const std::vector<Block>& blocks, BodyId owner) {
  if (owner != BodyId{}) co_return co_await leave_blocks(blocks, owner);
  for (const Block& block : blocks) {
    for (const BlockTarget& target : targets_of(container_, block)) {
      LAPIS_CO_TRY_VOID(co_await add_target(target));
    }
  }
  co_return Result<void>{};
}

io::Task<Result<void>> ReleaseBatch::add_target(BlockTarget target) {
  if (target.space != 0) {
    co_return co_await add_row(block_bytes_key(ContainerId{target.space}, BlockBytesId{target.id}));
  }
  chunks_.push_back(ChunkId{target.id});
  co_return chunks_.size() < kChunksInTransaction ? Result<void>{} : co_await flush();
}

// Nobody but the reclaimer ends an ownership, and a new owner comes only from a body that a row
// holds: one that has no company now has none for ever. Its row goes in one transaction with the
// bytes, so that doing it again finds that this is done.
io::Task<Result<void>> ReleaseBatch::leave_blocks(const std::vector<Block>& blocks, BodyId owner) {
  std::vector<BlockTarget> targets;
  for (const Block& block : blocks)
    std::ranges::copy(targets_of(container_, block), std::back_inserter(targets));
  std::ranges::sort(targets);
  const auto repeats = std::ranges::unique(targets);
  targets.erase(repeats.begin(), repeats.end());
  const auto snapshot = service_.meta.snapshot();
  auto job = [&] { return read_owners(*snapshot, targets); };
  LAPIS_CO_TRY(const std::vector<Owners> owners, co_await service_.blocking.run(std::move(job)));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool is_listed = std::ranges::find(owners[i], owner) != owners[i].end();
    const bool is_last = owners[i].empty() || (is_listed && owners[i].size() == 1);
    if (is_last) LAPIS_CO_TRY_VOID(co_await add_target(targets[i]));
    if (is_listed) LAPIS_CO_TRY_VOID(co_await add_row(block_owner_key(targets[i], owner)));
  }
  co_return Result<void>{};
}

Result<void> ReleaseBatch::apply(storage::MetaView& view, storage::ChunkStore::Freed& freed) const {
  for (ChunkId chunk : chunks_) LAPIS_TRY_VOID(service_.chunks.release(view, chunk, freed));
  for (const std::string& row : rows_) view.erase(row);
  return {};
}

// A transaction may be run again: each run frees into a list of its own.
io::Task<Result<void>> ReleaseBatch::flush() {
  if (chunks_.empty() && rows_.empty()) co_return Result<void>{};
  std::ranges::sort(chunks_);
  const auto repeats = std::ranges::unique(chunks_);
  chunks_.erase(repeats.begin(), repeats.end());
  std::unique_ptr<storage::ChunkStore::Freed> freed;
  auto transaction = [this, &freed](storage::MetaView& view) {
    freed = service_.chunks.new_freed();
    return apply(view, *freed);
  };
  const Result<void> committed =
      co_await service_.meta.transact({container_}, std::move(transaction));
  failed_ = !committed.has_value();
  if (failed_) co_return committed;
  service_.chunks.released(std::move(freed));
  stats_.released_chunks += chunks_.size();
  chunks_.clear();
  rows_.clear();
  co_return Result<void>{};
}

}  // namespace lapis::blob
