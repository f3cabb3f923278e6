#include "storage/chunk/chunk_reader.h"

#include <algorithm>

#include "storage/chunk/heat_rows.h"

namespace lapis::storage {

std::uint64_t ChunkReader::remaining() const {
  return (ahead_ ? ahead_->length : 0) + slice_.length + slices_->remaining();
}

io::Task<Result<Bytes>> ChunkReader::next() {
  if (ahead_) {
    while (!ahead_->done) co_await ahead_->waiters.park();
    lent_ = std::exchange(ahead_, nullptr);
  } else {
    LAPIS_CO_TRY_VOID(co_await read_now());
  }
  if (!lent_) co_return Bytes{};
  if (!lent_->outcome) {
    failed_ = lent_->outcome.error();
    lent_.reset();
    co_return fail(*failed_);
  }
  co_await read_ahead();
  co_return lent_->wanted;
}

// Nothing is in flight: reads the next piece, or leaves none at the end.
io::Task<Result<void>> ChunkReader::read_now() {
  lent_.reset();  // before another buffer is asked for: a reader that waits holds none
  if (!failed_ && !ended_ && slice_.length == 0) {
    const Result<void> found = co_await find_slice();
    if (!found) failed_ = found.error();
  }
  if (failed_) co_return fail(*failed_);
  if (ended_) co_return Result<void>{};
  LAPIS_CO_TRY(io::Buffer buffer, co_await slot_.shard.buffers().acquire(wanted_buffer()));
  const std::shared_ptr<ChunkPiece> piece = cut_piece(std::move(buffer));
  co_await fill_piece(piece);
  lent_ = piece;
  co_return Result<void>{};
}

// Starts the next piece where there is one and a buffer for it; an error waits for its turn.
io::Task<void> ChunkReader::read_ahead() {
  if (ended_ || failed_ || remaining() == 0) co_return;
  if (slice_.length == 0) {
    const Result<void> found = co_await find_slice();
    if (!found) failed_ = found.error();
    if (ended_ || failed_) co_return;
  }
  io::Buffer buffer = slot_.shard.buffers().try_acquire(wanted_buffer());
  if (!buffer) co_return;
  ahead_ = cut_piece(std::move(buffer));
  if (!slot_.tasks.spawn(fill_piece(ahead_))) {
    ahead_->outcome = fail(ErrorCode::kServerBusy, "chunk store is closing");
    ahead_->done = true;
  }
}

io::Task<Result<void>> ChunkReader::find_slice() {
  while (slice_.length == 0) {
    LAPIS_CO_TRY(const auto slice, co_await slices_->next());
    if (!slice) {
      ended_ = true;
      co_return Result<void>{};
    }
    slice_ = *slice;
  }
  if (!chunk_ || chunk_->id != slice_.id) {
    LAPIS_CO_TRY(LocatedChunk located, co_await locate_chunk(context_, paths_, slot_, slice_.id));
    chunk_ = std::make_shared<const LocatedChunk>(std::move(located));
    note_use();
  }
  co_return check_within(slice_, *chunk_->row);
}

void ChunkReader::note_use() {
  const std::uint32_t hour = hour_of(context_.clock.now());
  slot_.uses.note(chunk_->id, hour);
  const PathId path = chunk_->place.path;
  const bool is_slow = paths_.by_id(path)->state.settings().pool_class != PoolClass::kFlash;
  if (is_slow) slot_.uses.note_slow(chunk_->id, path, hour);
}

std::uint64_t ChunkReader::wanted_buffer() const {
  return std::min<std::uint64_t>(span_bytes(slice_, chunk_->row->unit_bytes),
                                 io::BufferPool::kLarge);
}

std::shared_ptr<ChunkPiece> ChunkReader::cut_piece(io::Buffer buffer) {
  auto piece = std::make_shared<ChunkPiece>();
  piece->chunk = chunk_;
  piece->offset = slice_.offset;
  piece->length = piece_length(slice_, chunk_->row->unit_bytes, buffer.size());
  piece->suspects = &slot_.suspects;
  piece->buffer = std::move(buffer);
  slice_.offset += piece->length;
  slice_.length -= piece->length;
  return piece;
}

}  // namespace lapis::storage
