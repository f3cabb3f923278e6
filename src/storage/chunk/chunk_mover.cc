#include "storage/chunk/chunk_mover.h"

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "lapis/io/started.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

// What one transaction swaps: enough to be worth a sync, and little enough for a committer that
// serves clients too.
constexpr std::size_t kBatchChunks = 128;
constexpr std::uint64_t kBatchBytes = 64ull << 20;
// As for a reader: what cannot be read is read once more.
constexpr int kAttempts = 2;

}  // namespace

ChunkMover::ChunkMover(const StoreContext& context, const PathSet& paths, Slot& slot,
                       MoveTarget target, Pace& pace)
    : context_(context),
      paths_(paths),
      slot_(slot),
      target_(std::move(target)),
      pace_(pace),
      files_(context, paths) {}

io::Task<MoveOutcome> ChunkMover::run(std::vector<ColdChunk> chunks) {
  for (io::Buffer& buffer : buffers_) {
    auto acquired = co_await slot_.shard.buffers().acquire(io::BufferPool::kLarge);
    if (!acquired) {
      outcome_.ended = fail(acquired.error());
      co_return std::move(outcome_);
    }
    buffer = std::move(*acquired);
  }
  for (std::span<const ColdChunk> left(chunks);
       !left.empty() && outcome_.ended && outcome_.moved_bytes < target_.most_bytes;) {
    const auto batch = left.first(std::min(left.size(), kBatchChunks));
    outcome_.ended = co_await move_batch(batch);
    left = left.subspan(batch.size());
  }
  co_return std::move(outcome_);
}

// What was copied before an error is swapped all the same: it is right, and it has cost something.
io::Task<Result<void>> ChunkMover::move_batch(std::span<const ColdChunk> chunks) {
  LAPIS_CO_TRY(Sources sources, co_await locate(chunks));
  // In the order in which they lie: a disk reads them in one sweep.
  std::ranges::sort(sources, {}, [](const Source& source) {
    return std::tuple(source.place.path, source.place.extent, source.place.offset);
  });
  Result<void> copied;
  Sources part;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i <= sources.size() && copied; ++i) {
    const bool is_full = i == sources.size() || bytes + sources[i].bytes() > kBatchBytes;
    if (is_full && !part.empty()) {
      copied = co_await copy_all(std::exchange(part, {}));
      bytes = 0;
      Result<void> swapped = co_await sync_copies();
      if (swapped) swapped = co_await swap();
      if (!swapped) copied = std::move(swapped);
      copied_.clear();
    }
    if (i == sources.size()) break;
    bytes += sources[i].bytes();
    part.push_back(std::move(sources[i]));
  }
  co_return copied;
}

io::Task<Result<ChunkMover::Sources>> ChunkMover::locate(std::span<const ColdChunk> chunks) {
  Sources sources;
  std::uint64_t bytes = outcome_.moved_bytes;
  for (const ColdChunk& chunk : chunks) {
    if (bytes >= target_.most_bytes) break;
    LAPIS_CO_TRY(const auto stored, co_await context_.meta.get(chunk_key(chunk.id)));
    std::optional<Source> found;
    if (stored) {
      LAPIS_CO_TRY(ChunkRow row, decode_chunk_row(*stored));
      const auto place = std::ranges::find(row.places, chunk.path, &Place::path);
      Extent* extent = place == row.places.end() ? nullptr : paths_.find(*place);
      if (extent != nullptr) {
        const Place at = *place;
        ExtentPin pin(*extent, slot_.index);
        // Pinned first and compared then (see ExtentPin).
        if (extent->generation() == at.generation) {
          found.emplace(chunk.id, std::move(row), at, std::move(pin));
        }
      }
    }
    if (found) {
      bytes += found->bytes();
      sources.push_back(std::move(*found));
    } else {
      ++outcome_.gone_chunks;
    }
  }
  co_return sources;
}

io::Task<Result<void>> ChunkMover::copy_all(Sources sources) {
  for (std::size_t i = 0; i < sources.size();) {
    if (sources[i].bytes() > buffers_[0].size()) {
      LAPIS_CO_TRY_VOID(co_await copy_large(sources[i]));
      ++i;
      continue;
    }
    LAPIS_CO_TRY(i, co_await copy_group(sources, i));
  }
  co_return Result<void>{};
}

io::Task<Result<std::size_t>> ChunkMover::copy_group(Sources& sources, std::size_t first) {
  struct Member {
    std::size_t source;
    FrameCopy frame;
    std::uint64_t at;  // in the buffer
  };
  std::vector<Member> group;
  std::uint64_t bytes = 0;
  std::size_t i = first;
  const std::uint64_t most =
      std::min<std::uint64_t>(buffers_[0].size(), slot_.open.largest_frame(filter()));
  while (i < sources.size()) {
    if (bytes != 0 && bytes + sources[i].bytes() > most) break;
    if (sources[i].bytes() > buffers_[0].size()) break;
    const auto run = neighbours(std::span(sources).subspan(i), most - std::min(most, bytes));
    const std::uint64_t run_bytes = bytes_of(run);
    if (!co_await pace_.admit(run_bytes)) co_return fail(ErrorCode::kServerBusy, "told to stop");
    const MutableBytes into = buffers_[0].bytes().subspan(bytes, run_bytes);
    LAPIS_CO_TRY(auto frames, co_await read_run(run, into));
    for (std::optional<FrameCopy>& frame : frames) {
      const std::size_t source = i++;
      if (!frame) continue;
      group.push_back({source, std::move(*frame), bytes});
      bytes += sources[source].bytes();
    }
  }
  if (group.empty()) co_return i;
  LAPIS_CO_TRY(Reservation place, co_await slot_.open.reserve(bytes, filter()));
  for (Member& member : group) {
    Place to = place.place();
    to.offset += member.at;
    member.frame.readdress(to, 0,
                           buffers_[0].bytes().subspan(member.at, sources[member.source].bytes()));
  }
  const Result<void> written = co_await place.write(0, buffers_[0].bytes().first(bytes));
  if (!written) {
    slot_.open.failed(place.open(), written.error());
    co_return fail(written.error());
  }
  crash_point(CrashPoint::kMoveSmallWritten);
  const Place begin = place.place();
  const auto open = place.open();
  const auto pin = std::make_shared<const ExtentPin>(std::move(place).take_pin());
  for (const Member& member : group) {
    Place to = begin;
    to.offset += member.at;
    copied_.push_back({std::move(sources[member.source]), to, open, pin});
  }
  co_return i;
}

// Those at the front that lie one behind the other and fit `most` together; the first always.
std::span<const ChunkMover::Source> ChunkMover::neighbours(std::span<const Source> sources,
                                                           std::uint64_t most) {
  std::size_t count = 1;
  std::uint64_t bytes = sources[0].bytes();
  for (; count < sources.size(); ++count) {
    Place next = sources[count - 1].place;
    next.offset += sources[count - 1].bytes();
    bytes += sources[count].bytes();
    if (sources[count].place != next || bytes > most) break;
  }
  return sources.first(count);
}

std::uint64_t ChunkMover::bytes_of(std::span<const Source> sources) {
  std::uint64_t bytes = 0;
  for (const Source& source : sources) bytes += source.bytes();
  return bytes;
}

// Neighbours in one piece; where one of them is not as it should be, or cannot be read, each by
// itself. Nothing for what stays where it is; the others lie one behind the other in `into`.
io::Task<Result<ChunkMover::Frames>> ChunkMover::read_run(std::span<const Source> run,
                                                          MutableBytes into) {
  Frames frames;
  if (run.size() > 1) {
    const Result<void> read = co_await read_bytes(run[0].place, into);
    if (!read && read.error().code == ErrorCode::kServerBusy) co_return fail(read.error());
    Bytes left = into;
    for (std::size_t i = 0; read && i < run.size(); ++i) {
      FrameCopy frame(run[i].id, run[i].row, run[i].place, context_);
      if (!frame.take(0, left.first(run[i].bytes())) || !frame.check()) break;
      left = left.subspan(run[i].bytes());
      frames.emplace_back(std::move(frame));
    }
    if (frames.size() == run.size()) co_return frames;
    frames.clear();
  }
  for (const Source& source : run) {
    LAPIS_CO_TRY(auto frame, co_await read_small(source, into.first(source.bytes())));
    if (frame) into = into.subspan(source.bytes());
    frames.push_back(std::move(frame));
  }
  co_return frames;
}

// Nothing where the frame is damaged or unreadable: it stays where it is.
io::Task<Result<std::optional<FrameCopy>>> ChunkMover::read_small(const Source& source,
                                                                  MutableBytes into) {
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    FrameCopy frame(source.id, source.row, source.place, context_);
    Result<void> good = co_await read_piece(source, 0, frame, into);
    if (good) good = frame.check();
    if (good) co_return std::optional<FrameCopy>(std::move(frame));
    if (good.error().code == ErrorCode::kServerBusy) co_return fail(std::move(good).error());
    damage_ = std::move(good).error();
  }
  give_up(source);
  co_return std::nullopt;
}

// Errors: kServerBusy, which says nothing of the frame; all others are the frame's.
io::Task<Result<void>> ChunkMover::read_piece(const Source& source, std::uint64_t at,
                                              FrameCopy& frame, MutableBytes into) {
  Place from = source.place;
  from.offset += at;
  LAPIS_CO_TRY_VOID(co_await read_bytes(from, into));
  co_return frame.take(at, into);
}

io::Task<Result<void>> ChunkMover::read_bytes(const Place& from, MutableBytes into) {
  LAPIS_CO_TRY(io::File * file, co_await files_.file(from));
  LAPIS_CO_TRY(const std::size_t count, co_await file->read_at(from.offset, into));
  if (count != into.size()) co_return fail(ErrorCode::kInternalError, "extent file is short");
  co_return Result<void>{};
}

io::Task<Result<void>> ChunkMover::copy_large(Source& source) {
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    LAPIS_CO_TRY(Reservation place, co_await slot_.open.reserve(source.bytes(), filter()));
    LAPIS_CO_TRY(const bool good, co_await stream(source, place));
    if (!good) continue;
    crash_point(CrashPoint::kMoveLargeWritten);
    const Place to = place.place();
    const auto open = place.open();
    auto pin = std::make_shared<const ExtentPin>(std::move(place).take_pin());
    copied_.push_back({std::move(source), to, open, std::move(pin)});
    co_return Result<void>{};
  }
  give_up(source);
  co_return Result<void>{};
}

// Reads one buffer while the one before is written. False where the frame is damaged or unreadable.
io::Task<Result<bool>> ChunkMover::stream(const Source& source, Reservation& place) {
  FrameCopy frame(source.id, source.row, source.place, context_);
  std::array<io::Started<Result<void>>, 2> writing;
  Result<void> good;
  Result<void> written;
  bool stopped = false;
  std::size_t active = 0;
  for (std::uint64_t at = 0; at < source.bytes() && good && written; active = 1 - active) {
    if (writing[active].pending()) written = co_await writing[active].join();
    if (!written) break;
    if (at != 0) crash_point(CrashPoint::kMoveLargeHalf);
    const std::uint64_t size =
        std::min<std::uint64_t>(buffers_[active].size(), source.bytes() - at);
    stopped = !co_await pace_.admit(size);
    if (stopped) break;
    const MutableBytes piece = buffers_[active].bytes().first(size);
    good = co_await read_piece(source, at, frame, piece);
    if (!good) break;
    frame.readdress(place.place(), at, piece);
    writing[active] = io::Started<Result<void>>(place.write(at, piece));
    at += size;
  }
  for (io::Started<Result<void>>& last : writing) {
    if (!last.pending()) continue;
    Result<void> ended = co_await last.join();
    if (written) written = std::move(ended);
  }
  if (!written) {
    slot_.open.failed(place.open(), written.error());
    co_return fail(written.error());
  }
  if (stopped) co_return fail(ErrorCode::kServerBusy, "told to stop");
  if (good) good = frame.check();
  if (good) co_return true;
  if (good.error().code == ErrorCode::kServerBusy) co_return fail(std::move(good).error());
  damage_ = std::move(good).error();
  co_return false;
}

void ChunkMover::give_up(const Source& source) {
  outcome_.unmovable.push_back(source.id);
  slot_.suspects.add(source.id);
  log_error("storage", "chunk is damaged or unreadable and stays where it is",
            {{"chunk", source.id.value},
             {"path_id", source.place.path.value},
             {"extent", source.place.extent.value},
             {"offset", source.place.offset},
             {"error", to_string(damage_)}});
}

io::Task<Result<void>> ChunkMover::sync_copies() {
  std::vector<std::shared_ptr<OpenExtent>> touched;
  for (const Copied& copy : copied_) touched.push_back(copy.open);
  std::ranges::sort(touched);
  const auto repeated = std::ranges::unique(touched);
  touched.erase(repeated.begin(), repeated.end());
  for (const std::shared_ptr<OpenExtent>& open : touched) {
    const Result<void> synced = co_await open->syncs().sync();
    if (synced) continue;
    slot_.open.failed(open, synced.error());
    co_return synced;
  }
  if (!touched.empty()) crash_point(CrashPoint::kMoveSynced);
  co_return Result<void>{};
}

#ifdef LAPIS_MUTANT_EARLY_RELEASE
// What the next writer would do to a place that was released too early.
io::Task<void> ChunkMover::use_old_places() {
  for (const Copied& copy : copied_) {
    const Place& place = copy.source.place;
    const auto name =
        extent_file(paths_.by_id(place.path)->state.settings().directory, place.extent);
    const auto file = context_.files.open(name, {.writable = true, .direct = true});
    const MutableBytes block = buffers_[0].bytes().first(kFrameAlignment);
    std::ranges::fill(block, std::byte{0});
    if (file) (void)co_await (*file)->write_at(place.offset, block);
  }
}
#endif

io::Task<Result<void>> ChunkMover::swap() {
  if (copied_.empty()) co_return Result<void>{};
#ifdef LAPIS_MUTANT_EARLY_RELEASE
  co_await use_old_places();
#endif
  std::vector<char> swapped;
  Transaction change = [this, &swapped](MetaView& view) -> Result<void> {
    swapped.assign(copied_.size(), 0);
    for (std::size_t i = 0; i < copied_.size(); ++i) {
      const Copied& copy = copied_[i];
      const std::string key = chunk_key(copy.source.id);
      LAPIS_TRY(const auto stored, view.get(key));
      if (!stored) continue;
      LAPIS_TRY(ChunkRow row, decode_chunk_row(*stored));
      const auto place = std::ranges::find(row.places, copy.source.place);
      if (place == row.places.end()) continue;
      *place = copy.to;
      view.put(key, encode(row));
      LAPIS_TRY_VOID(move_heat(view, copy.source.id, copy.source.place.path, copy.to.path));
      swapped[i] = 1;
    }
    return {};
  };
  crash_point(CrashPoint::kMoveBeforeSwap);
  LAPIS_CO_TRY_VOID(co_await context_.meta.transact(Scope{}, std::move(change)));
  crash_point(CrashPoint::kMoveSwapped);
  for (std::size_t i = 0; i < copied_.size(); ++i) {
    const Copied& copy = copied_[i];
    if (swapped[i] == 0) {
      ++outcome_.gone_chunks;
      continue;
    }
    const auto bytes = static_cast<std::int64_t>(copy.source.bytes());
    copy.open->extent().add_live(bytes);
    copy.source.pin.extent()->remove_live(bytes);
    ++outcome_.moved_chunks;
    outcome_.moved_bytes += copy.source.bytes();
  }
  crash_point(CrashPoint::kMoveCounted);
  co_return Result<void>{};
}

}  // namespace lapis::storage
