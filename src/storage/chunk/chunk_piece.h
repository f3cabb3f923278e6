// ChunkPiece: a part of one chunk on its way from disk to a reader, verified as a whole.
#pragma once

#include <cstdint>

#include "lapis/io/buffer_pool.h"
#include "storage/chunk/chunk_locator.h"
#include "storage/chunk/parking.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/suspects.h"

namespace lapis::storage {

// Shared by the reader and the task that fills it: where the reader goes first, the buffer and the
// pin stay until the kernel is done with them.
struct ChunkPiece {
  std::shared_ptr<const LocatedChunk> chunk;
  std::uint64_t offset = 0;  // of what is wanted, in the chunk
  std::uint64_t length = 0;
  Suspects* suspects = nullptr;  // where the chunk goes if it fails
  io::Buffer buffer;

  Bytes wanted;  // in `buffer`, once filled
  bool done = false;
  Result<void> outcome;
  Parking waiters;
};

// Errors: kInternalError where the slice is not inside its chunk.
Result<void> check_within(const ChunkSlice& slice, const ChunkRow& row);

// How much of [offset, offset + length) of a chunk fits a buffer of `buffer_bytes` with the whole
// units around it.
std::uint64_t piece_length(const ChunkSlice& slice, std::uint32_t unit_bytes,
                           std::uint64_t buffer_bytes);

// Bytes of the whole units around the slice: what a buffer must hold to take it at once.
std::uint64_t span_bytes(const ChunkSlice& slice, std::uint32_t unit_bytes);

// Reads the units around what is wanted and checks every one of them (I2); an error or a mismatch
// is tried once more. `done` when it completes. Errors, in `outcome`: kInternalError.
io::Task<void> fill_piece(std::shared_ptr<ChunkPiece> piece);

}  // namespace lapis::storage
