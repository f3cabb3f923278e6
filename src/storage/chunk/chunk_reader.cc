#include "storage/chunk/chunk_reader.h"

#include <algorithm>

#include "storage/chunk/heat_rows.h"

namespace lapis::storage {

std::uint64_t ChunkReader::remaining() const {
  std::uint64_t bytes = slice_.length + slices_->remaining();
  for (std::size_t i = 0; i < ahead_count_; ++i) bytes += ahead_[i]->length;
  return bytes;
}

io::Task<Result<Bytes>> ChunkReader::next() {
  if (ahead_count_ == 0) LAPIS_CO_TRY_VOID(co_await read_now());
  if (ahead_count_ != 0) {
    const std::shared_ptr<ChunkPiece> first = ahead_[0];
    while (!first->done) co_await first->waiters.park();
    lent_ = take_ahead();
  }
  if (!lent_) co_return Bytes{};
  if (!lent_->outcome) {
    failed_ = lent_->outcome.error();
    lent_.reset();
    while (ahead_count_ != 0) take_ahead();
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
  if (is_slow_) {
    // With those that follow in the disk's queue before it gets to them.
    start(piece);
    co_await read_ahead();
    co_return Result<void>{};
  }
  co_await fill_piece(piece);
  lent_ = piece;
  co_return Result<void>{};
}

// Starts pieces as long as there are some to start and buffers for them; an error waits for its
// turn.
io::Task<void> ChunkReader::read_ahead() {
  while (!ended_ && !failed_ && slice_.length + slices_->remaining() != 0 && wants_ahead()) {
    if (slice_.length == 0) {
      const Result<void> found = co_await find_slice();
      if (!found) failed_ = found.error();
      if (ended_ || failed_ || !wants_ahead()) co_return;
    }
    io::Buffer buffer = slot_.shard.buffers().try_acquire(wanted_buffer());
    if (!buffer) co_return;
    start(cut_piece(std::move(buffer)));
  }
}

void ChunkReader::start(std::shared_ptr<ChunkPiece> piece) {
  if (!slot_.tasks.spawn(fill_piece(piece))) {
    piece->outcome = fail(ErrorCode::kServerBusy, "chunk store is closing");
    piece->done = true;
  }
  ahead_[ahead_count_++] = std::move(piece);
}

// Whether one more is worth a buffer. On a slow path requests that wait together are served in one
// go, where each by itself would be a seek. Of what memory there is, half is left to others.
bool ChunkReader::wants_ahead() const {
  if (ahead_count_ == 0) return true;
  if (!is_slow_ || ahead_count_ == kMostAhead) return false;
  const io::BufferPool& buffers = slot_.shard.buffers();
  return 2 * buffers.bytes_in_use() <= buffers.stats().budget_bytes;
}

std::shared_ptr<ChunkPiece> ChunkReader::take_ahead() {
  std::shared_ptr<ChunkPiece> first = std::move(ahead_[0]);
  std::ranges::move(ahead_.begin() + 1, ahead_.end(), ahead_.begin());
  --ahead_count_;
  return first;
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
  is_slow_ = paths_.by_id(path)->state.settings().pool_class != PoolClass::kFlash;
  if (is_slow_) slot_.uses.note_slow(chunk_->id, path, hour);
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
