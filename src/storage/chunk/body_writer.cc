#include "storage/chunk/body_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/io/started.h"
#include "storage/chunk/frame_fill.h"
#include "storage/chunk/heat_rows.h"

namespace lapis::storage {
namespace {

constexpr int kMaxAttempts = 8;

}  // namespace

BodyWriter::Chunk::Chunk(std::uint64_t payload_length)
    : frame_bytes(storage::frame_bytes(payload_length, kUnitBytes)), sums(kUnitBytes) {
  header.payload_length = payload_length;
}

BodyWriter::BodyWriter(const StoreContext& context, Slot& slot, io::ByteSource& source,
                       Request request)
    : context_(context),
      slot_(slot),
      source_(source),
      request_(request),
      body_(std::make_unique<LocalStoredBody>(hour_of(context.clock.now()))) {}

io::Task<Result<std::unique_ptr<StoredBody>>> BodyWriter::run() {
  LAPIS_CHECK(request_.length >= 1);
  while (body_->length() < request_.length) {
    Chunk chunk(slot_.open.max_chunk_length(request_.length - body_->length()));
    chunk.header.owner = request_.owner;
    LAPIS_CO_TRY_VOID(co_await acquire_buffers(chunk.frame_bytes));
    LAPIS_CO_TRY(chunk.header.chunk, co_await slot_.ids.next());
    if (chunk.frame_bytes <= buffers_[0].size()) {
      LAPIS_CO_TRY_VOID(co_await write_whole(chunk));
    } else {
      LAPIS_CO_TRY_VOID(co_await write_streamed(chunk));
    }
  }
  if (!touched_.empty()) crash_point(CrashPoint::kWriteWritten);
  LAPIS_CO_TRY_VOID(co_await sync_touched());
  crash_point(CrashPoint::kWriteSynced);
  co_return std::unique_ptr<StoredBody>(std::move(body_));
}

io::Task<Result<void>> BodyWriter::acquire_buffers(std::uint64_t frame_bytes) {
  const std::uint64_t wanted = std::min<std::uint64_t>(frame_bytes, io::BufferPool::kLarge);
  if (buffers_[0].size() < wanted) {
    buffers_[0] = {};
    LAPIS_CO_TRY(buffers_[0], co_await slot_.shard.buffers().acquire(wanted));
  }
  io::BufferPool& pool = slot_.shard.buffers();
  for (std::size_t i = 1; i < kDepth && frame_bytes > i * io::BufferPool::kLarge; ++i) {
    // Beyond the second they only even out the disk: not when others will need them.
    if (i > 1 && 2 * pool.bytes_in_use() > pool.stats().budget_bytes) break;
    if (!buffers_[i]) buffers_[i] = pool.try_acquire(io::BufferPool::kLarge);
    if (!buffers_[i]) break;
  }
  co_return Result<void>{};
}

io::Task<Result<void>> BodyWriter::write_whole(Chunk& chunk) {
  const MutableBytes frame = buffers_[0].bytes().first(chunk.frame_bytes);
  LAPIS_CO_TRY_VOID(co_await fill_payload(chunk, 0, frame));
  // A body of several chunks is synced at its end, when this one's bytes are no longer in memory.
  const bool is_whole_body = chunk.header.payload_length == request_.length;
  for (int attempt = 1;; ++attempt) {
    LAPIS_CO_TRY(Reservation place, co_await slot_.open.reserve(chunk.frame_bytes));
    fill_header(chunk, place.place(), frame);
    fill_tail(chunk, 0, frame);
    const Instant began = context_.clock.instant();
    Result<void> stored = co_await place.write(0, frame);
    if (is_whole_body) crash_point(CrashPoint::kWriteWritten);
    if (stored && is_whole_body) stored = co_await place.open()->syncs().sync();
    slot_.times.add(context_.clock.instant() - began);
    if (stored) {
      if (!is_whole_body) touched_.push_back(place.open());
      keep(chunk, std::move(place));
      co_return Result<void>{};
    }
    slot_.open.failed(place.open(), stored.error());
    if (attempt == kMaxAttempts) co_return stored;
  }
}

io::Task<Result<void>> BodyWriter::write_streamed(Chunk& chunk) {
  std::optional<Reservation> place;
  std::array<io::Started<Result<void>>, kDepth> writing;  // of each buffer
  Result<void> filled;
  Result<void> written;
  std::size_t active = 0;
  for (std::uint64_t from = 0; from < chunk.frame_bytes;) {
    if (writing[active].pending()) written = co_await writing[active].join();
    if (!written) break;
    const std::uint64_t left = chunk.frame_bytes - from;
    const MutableBytes into =
        buffers_[active].bytes().first(std::min<std::uint64_t>(buffers_[active].size(), left));
    filled = co_await fill_payload(chunk, from, into);
    if (!filled) break;
    if (!place) {
      LAPIS_CO_TRY(Reservation reserved, co_await slot_.open.reserve(chunk.frame_bytes));
      place.emplace(std::move(reserved));
      fill_header(chunk, place->place(), into);
    }
    fill_tail(chunk, from, into);
    writing[active] = io::Started<Result<void>>(timed(place->write(from, into)));
    from += into.size();
    active = next_buffer(active);
  }
  for (io::Started<Result<void>>& last : writing) {
    if (!last.pending()) continue;
    Result<void> ended = co_await last.join();
    if (written) written = std::move(ended);
  }
  if (!written) {
    slot_.open.failed(place->open(), written.error());
    co_return written;
  }
  if (!filled) co_return filled;
  touched_.push_back(place->open());
  keep(chunk, std::move(*place));
  co_return Result<void>{};
}

io::Task<Result<void>> BodyWriter::timed(io::Task<Result<void>> write) {
  const Instant began = context_.clock.instant();
  Result<void> written = co_await std::move(write);
  slot_.times.add(context_.clock.instant() - began);
  co_return written;
}

std::size_t BodyWriter::next_buffer(std::size_t active) const {
  return active + 1 < kDepth && buffers_[active + 1] ? active + 1 : 0;
}

io::Task<Result<void>> BodyWriter::fill_payload(Chunk& chunk, std::uint64_t from,
                                                MutableBytes into) {
  const std::uint64_t begin = std::max<std::uint64_t>(from, kFrameHeaderBytes);
  const std::uint64_t end =
      std::min(from + into.size(), kFrameHeaderBytes + chunk.header.payload_length);
  if (begin < end) {
    LAPIS_CO_TRY_VOID(co_await receive(into.subspan(begin - from, end - begin), chunk.sums));
  }
  co_return Result<void>{};
}

// Checksums and the observer read what the socket has just written: it is in the cache still.
io::Task<Result<void>> BodyWriter::receive(MutableBytes into, UnitSums& sums) {
  while (!into.empty()) {
    LAPIS_CO_TRY(const std::size_t count, co_await source_.read(into));
    if (count == 0) co_return fail(ErrorCode::kBadRequest, "the body ended early");
    LAPIS_CHECK(count <= into.size());
    const Bytes arrived = into.first(count);
    sums.add(arrived);
    if (request_.observer != nullptr) request_.observer->observe(arrived);
    into = into.subspan(count);
  }
  co_return Result<void>{};
}

void BodyWriter::fill_header(Chunk& chunk, const Place& place, MutableBytes frame) {
  chunk.header.place = place;
  chunk.header.sequence = context_.meta.durable_sequence();
  chunk.header.epoch = context_.epoch;
  chunk.header.store = context_.store;
  encode_frame_header(chunk.header, chunk.encoded);
  std::ranges::copy(chunk.encoded, frame.begin());
  chunk.tail.clear();
}

void BodyWriter::fill_tail(Chunk& chunk, std::uint64_t from, MutableBytes into) {
  const std::uint64_t tail_at = kFrameHeaderBytes + chunk.header.payload_length;
  if (from + into.size() <= tail_at) return;
  if (chunk.tail.empty()) {
    chunk.tail.resize(frame_tail_bytes(chunk.header.payload_length, kUnitBytes));
    encode_frame_tail(chunk.encoded, chunk.sums.finish(), chunk.tail);
  }
  fill_frame_tail(chunk.tail, tail_at, from, into);
}

void BodyWriter::keep(Chunk& chunk, Reservation place) {
  ChunkRow row;
  row.length = chunk.header.payload_length;
  row.places = {chunk.header.place};
  row.unit_bytes = chunk.header.unit_bytes;
  row.unit_crcs = chunk.sums.finish();
  body_->add(chunk.header.chunk, row, chunk.sums.whole(), std::move(place).take_pin());
}

io::Task<Result<void>> BodyWriter::sync_touched() {
  std::ranges::sort(touched_);
  const auto repeated = std::ranges::unique(touched_);
  touched_.erase(repeated.begin(), repeated.end());
  for (const std::shared_ptr<OpenExtent>& open : touched_) {
    const Result<void> synced = co_await open->syncs().sync();
    if (!synced) {
      slot_.open.failed(open, synced.error());
      co_return synced;
    }
  }
  co_return Result<void>{};
}

}  // namespace lapis::storage
