// ChunkMover: copies chunks to other places and swaps the places. Demotion, promotion, draining and
// compaction differ only in which chunks they name and where those may go.
//
// The order is what makes a crash harmless: the copy is checked and durable, then one transaction
// swaps the places of a batch, then the old ones count as dead. Before the swap the copies are
// frames that nobody names, after it the originals are.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lapis/io/buffer_pool.h"
#include "lapis/io/task.h"
#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/extent_source.h"
#include "storage/chunk/frame_copy.h"
#include "storage/chunk/open_extents.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the slot's shard, for one move.
class ChunkMover {
 public:
  ChunkMover(const StoreContext& context, const PathSet& paths, Slot& slot, MoveTarget target,
             Pace& pace);

  // See LocalChunkStore::move. Called once.
  io::Task<MoveOutcome> run(std::vector<ColdChunk> chunks);

 private:
  // A chunk that is to move: its row as it is now, and a pin that keeps it where it is.
  struct Source {
    ChunkId id;
    ChunkRow row;
    Place place;
    ExtentPin pin;
    std::uint64_t bytes() const { return row.bytes_on_disk(); }
  };
  // One that has been copied.
  struct Copied {
    Source source;
    Place to;
    std::shared_ptr<OpenExtent> open;
    std::shared_ptr<const ExtentPin> pin;  // of the new place; a group of small frames shares one
  };
  using Sources = std::vector<Source>;

  io::Task<Result<void>> move_batch(std::span<const ColdChunk> chunks);
  io::Task<Result<Sources>> locate(std::span<const ColdChunk> chunks);
  io::Task<Result<void>> copy_all(Sources sources);
  // As many small frames as fit one buffer, from `first` on: written in one piece.
  io::Task<Result<std::size_t>> copy_group(Sources& sources, std::size_t first);
  io::Task<Result<void>> copy_large(Source& source);
  using Frames = std::vector<std::optional<FrameCopy>>;
  static std::span<const Source> neighbours(std::span<const Source> sources, std::uint64_t most);
  static std::uint64_t bytes_of(std::span<const Source> sources);
  io::Task<Result<Frames>> read_run(std::span<const Source> run, MutableBytes into);
  io::Task<Result<void>> read_bytes(const Place& from, MutableBytes into);
  io::Task<Result<std::optional<FrameCopy>>> read_small(const Source& source, MutableBytes into);
  io::Task<Result<bool>> stream(const Source& source, Reservation& place);
  io::Task<Result<void>> read_piece(const Source& source, std::uint64_t at, FrameCopy& frame,
                                    MutableBytes into);
  io::Task<Result<void>> sync_copies();
  io::Task<Result<void>> swap();
#ifdef LAPIS_MUTANT_EARLY_RELEASE
  io::Task<void> use_old_places();
#endif
  void give_up(const Source& source);
  PathFilter filter() const {
    return {target_.pool, target_.away, target_.to_the_last ? Claim::kLast : Claim::kToTheBrim};
  }

  const StoreContext& context_;
  const PathSet& paths_;
  Slot& slot_;
  const MoveTarget target_;
  Pace& pace_;
  ExtentSource files_;
  std::array<io::Buffer, 2> buffers_;
  std::vector<Copied> copied_;  // of this batch
  MoveOutcome outcome_;
  Error damage_;  // why the source before could not be copied
};

}  // namespace lapis::storage
