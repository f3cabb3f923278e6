// ChunkReader: the bytes of a list of slices. See ChunkStore::read.
#pragma once

#include <array>
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
// on while the caller uses its bytes are reads into buffers of their own: one from a fast path, a
// few from a slow one, as long as there is plenty of memory (docs/decisions/0021-reading-ahead.md).
class ChunkReader final : public io::BufferSource {
 public:
  ChunkReader(const StoreContext& context, const PathSet& paths, Slot& slot,
              std::unique_ptr<SliceSource> slices)
      : context_(context), paths_(paths), slot_(slot), slices_(std::move(slices)) {}

  std::uint64_t remaining() const override;
  io::Task<Result<Bytes>> next() override;

 private:
  // What is read ahead of the caller at most, from slow paths.
  static constexpr std::size_t kMostAhead = 4;

  io::Task<Result<void>> find_slice();
  void note_use();
  io::Task<Result<void>> read_now();
  io::Task<void> read_ahead();
  void start(std::shared_ptr<ChunkPiece> piece);
  bool wants_ahead() const;
  std::shared_ptr<ChunkPiece> take_ahead();
  std::shared_ptr<ChunkPiece> cut_piece(io::Buffer buffer);
  std::uint64_t wanted_buffer() const;

  const StoreContext& context_;
  const PathSet& paths_;
  Slot& slot_;
  std::unique_ptr<SliceSource> slices_;

  ChunkSlice slice_;  // what no piece has been cut from yet
  std::shared_ptr<const LocatedChunk> chunk_;
  bool is_slow_ = false;  // where it lies
  bool ended_ = false;
  std::optional<Error> failed_;
  std::shared_ptr<ChunkPiece> lent_;
  std::array<std::shared_ptr<ChunkPiece>, kMostAhead> ahead_;  // in order
  std::size_t ahead_count_ = 0;
};

}  // namespace lapis::storage
