#include "storage/chunk/reclaimer.h"

#include <algorithm>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/extent_rows.h"
#include "storage/chunk/frame_walk.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

void report(LogLevel level, const char* message, const Extent& extent, const Error& error) {
  log(level, "storage", message,
      {{"path_id", extent.path().value},
       {"extent", extent.id().value},
       {"generation", extent.generation()},
       {"error", to_string(error)}});
}

}  // namespace

io::Task<void> Reclaimer::pass() {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    PoolPath& path = paths_[i];
    if (!path.state.is_present()) continue;
    // Extents that are added meanwhile are open.
    for (ExtentId id{0}; id < path.state.extents().end(); ++id.value) {
      Extent* extent = path.state.extents().find(id);
      if (extent == nullptr) continue;
      if (!extent->is_recorded()) co_await record_state(*extent);
      if (stopping_ || !accounted_ || !extent->looks_dead()) continue;
      co_await recycle(path, *extent);
    }
  }
}

io::Task<void> Reclaimer::record_state(Extent& extent) {
  const ExtentRow row{extent.state(), extent.generation(), extent.bytes()};
  const Result<void> put =
      co_await put_extent_row(context_, {extent.path(), extent.id(), extent.bytes()}, row);
  if (put) {
    crash_point(CrashPoint::kExtentRecorded);
    extent.set_recorded(row.state);
  } else {
    // Harmless: at the next start what was open is sealed.
    report(LogLevel::kWarn, "extent's state is not recorded", extent, put.error());
  }
}

io::Task<void> Reclaimer::recycle(PoolPath& path, Extent& extent) {
  crash_point(CrashPoint::kReclaimBegun);
  // Sealed and unpinned, so no writer has or gets anything in it: rows that name it can only go.
  const Result<bool> unnamed = co_await is_unnamed(extent);
  // No memory for it just now: the next pass tries again.
  if (!unnamed && unnamed.error().code == ErrorCode::kServerBusy) co_return;
  if (!unnamed) {
    report(LogLevel::kError, "extent cannot be walked and is kept", extent, unnamed.error());
    extent.set_unwalkable();
    co_return;
  }
  crash_point(CrashPoint::kReclaimWalked);
  if (!*unnamed || !extent.looks_dead()) co_return;
  const std::uint64_t generation = extent.generation();
  extent.set_generation(generation + 1);  // who pins from here on sees that it came too late
  if (extent.is_pinned()) {
    extent.set_generation(generation);  // unpinning pokes again
    co_return;
  }
  crash_point(CrashPoint::kReclaimBeforeFree);
  const ExtentRow row{ExtentState::kFree, generation + 1, extent.bytes()};
  const Result<void> put =
      co_await put_extent_row(context_, {extent.path(), extent.id(), extent.bytes()}, row);
  if (!put) {
    // It may be durable all the same; then the generation here is behind, and every later change
    // of this row is refused. Either way nothing was overwritten.
    extent.set_generation(generation);
    report(LogLevel::kWarn, "extent could not be recycled", extent, put.error());
    co_return;
  }
  crash_point(CrashPoint::kReclaimFreed);
  extent.restart();
  log_debug("storage", "extent recycled",
            {{"path_id", extent.path().value}, {"extent", extent.id().value}});
  path.supply.add_free(extent);
}

// True where no chunk row names a frame of the extent. Where one does the counter was wrong: it is
// put right, loudly.
io::Task<Result<bool>> Reclaimer::is_unnamed(Extent& extent) {
  LAPIS_CO_TRY(io::Buffer buffer,
               co_await context_.background.buffers().acquire(io::BufferPool::kLarge));
  const FrameWalk::Expected expected{context_.store, extent.path(), extent.id(),
                                     extent.generation(), extent.bytes()};
  FrameWalk walk(extent.reader(), expected, std::move(buffer));
  std::int64_t named_bytes = 0;
  while (true) {
    LAPIS_CO_TRY(const auto frame, co_await walk.next());
    if (!frame) break;
    LAPIS_CO_TRY(const bool named, co_await is_named(*frame));
    if (!named) continue;
    named_bytes += static_cast<std::int64_t>(frame_bytes(frame->payload_length, frame->unit_bytes));
    log_error("storage", "a chunk lives in an extent that was counted as dead",
              {{"chunk", frame->chunk.value},
               {"path_id", extent.path().value},
               {"extent", extent.id().value},
               {"offset", frame->place.offset}});
  }
  if (named_bytes == 0) co_return true;
  extent.add_live(named_bytes - std::min<std::int64_t>(extent.live_bytes(), 0));
  co_return false;
}

io::Task<Result<bool>> Reclaimer::is_named(const FrameHeader& frame) {
  LAPIS_CO_TRY(const auto stored, co_await context_.meta.get(chunk_key(frame.chunk)));
  if (!stored) co_return false;
  LAPIS_CO_TRY(const ChunkRow row, decode_chunk_row(*stored));
  co_return std::ranges::find(row.places, frame.place) != row.places.end();
}

}  // namespace lapis::storage
