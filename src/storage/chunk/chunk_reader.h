// ChunkReader: the bytes of a list of slices. See ChunkStore::read.
#pragma once

#include <memory>
#include <optional>

#include "lapis/io/streams.h"
#include "lapis/storage/chunk_store.h"
#include "storage/chunk/chunk_piece.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the slot's shard. Slices are asked for and chunks located inside `next` only; what runs
// on while the caller uses its bytes is one read into a buffer of its own.
class ChunkReader final : public io::BufferSource {
 public:
  ChunkReader(const StoreContext& context, const PathSet& paths, Slot& slot,
              std::unique_ptr<SliceSource> slices)
      : context_(context), paths_(paths), slot_(slot), slices_(std::move(slices)) {}

  std::uint64_t remaining() const override;
  io::Task<Result<Bytes>> next() override;

 private:
  io::Task<Result<void>> find_slice();
  void note_use();
  io::Task<Result<void>> read_now();
  io::Task<void> read_ahead();
  std::shared_ptr<ChunkPiece> cut_piece(io::Buffer buffer);
  std::uint64_t wanted_buffer() const;

  const StoreContext& context_;
  const PathSet& paths_;
  Slot& slot_;
  std::unique_ptr<SliceSource> slices_;

  ChunkSlice slice_;  // what no piece has been cut from yet
  std::shared_ptr<const LocatedChunk> chunk_;
  bool ended_ = false;
  std::optional<Error> failed_;
  std::shared_ptr<ChunkPiece> lent_;
  std::shared_ptr<ChunkPiece> ahead_;
};

}  // namespace lapis::storage
