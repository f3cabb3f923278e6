#include "storage/chunk/local_store.h"

#include <algorithm>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "lapis/base/request_trace.h"
#include "storage/chunk/body_writer.h"
#include "storage/chunk/chunk_mover.h"
#include "storage/chunk/chunk_reader.h"
#include "storage/chunk/cold_writer.h"
#include "storage/chunk/compactor.h"
#include "storage/chunk/freed_places.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/slices_crc.h"

namespace lapis::storage {

namespace {

// How often it is asked whether scrub is due; closing waits for it.
constexpr std::chrono::milliseconds kScrubLook{200};

// Lets everything run that was posted to this executor before.
struct NextTurn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    io::Executor::current()->post([handle] { handle.resume(); });
  }
  void await_resume() const noexcept {}
};

}  // namespace

LocalStore::LocalStore(const StoreContext& context, std::vector<io::Shard*> shards,
                       ChunkStoreOptions options)
    : context_(context),
      shards_(std::move(shards)),
      options_(std::move(options)),
      reclaimer_(context_, paths_),
      reclaim_(context_.background, background_, [this] { return reclaimer_.pass(); }),
      adoption_(context_, paths_, reclaim_, background_),
      missing_({context_, options_, paths_, adoption_, path_turns_}),
      changes_({context_, options_, paths_, adoption_, path_turns_}, reclaimer_, slots_),
      damage_(context_),
      scrubber_(context_, paths_, damage_),
      scrub_(context_.background, background_, [this] { return scrubber_.pass(); }),
      examine_(context_.background, background_,
               [this] { return scrubber_.examine(suspects_.take()); }),
      suspects_(examine_),
      heat_(context_, slots_) {}

LocalStore::~LocalStore() { close(); }

io::Task<void> LocalStore::adopt(Admission admission) {
  return adoption_.adopt(std::move(admission));
}

void LocalStore::add_slots(const std::vector<ChunkIdRange>& ids) {
  LAPIS_CHECK(context_.slots == shards_.size() + 1 && ids.size() == context_.slots);
  for (SlotIndex i = 0; i < context_.slots; ++i) {
    io::Shard& shard = i < shards_.size() ? *shards_[i] : context_.background;
    slots_.push_back(
        std::make_unique<Slot>(context_, paths_, suspects_, shard, i, options_.chunk_cache_bytes));
    slots_.back()->ids.seed(ids[i]);
  }
}

Result<void> LocalStore::start_background(std::unique_ptr<MetaSnapshot> snapshot) {
  LAPIS_TRY_VOID(scrubber_.load(options_.scrub, *snapshot));
  accounting_ = std::make_unique<Accounting>(context_, paths_, std::move(snapshot));
  for (std::size_t i = 0; i < paths_.size(); ++i) paths_[i].supply.make_ready();
  (void)background_.spawn(account());
  (void)background_.spawn(missing_.run());
  if (scrubber_.runs_by_itself()) (void)background_.spawn(scrub_when_due());
  return {};
}

io::Task<void> LocalStore::account() {
  const bool complete = co_await accounting_->run();
  if (!complete) co_return;
  reclaimer_.set_accounted();
  reclaim_.poke();
  if (const auto heated = co_await heat_.complete(); !heated) {
    log_warn("storage", "chunks without heat are not moved until the next start",
             {{"error", to_string(heated.error())}});
  }
}

io::Task<void> LocalStore::scrub_when_due() {
  while (!scrubber_.is_stopping()) {
    if (scrubber_.is_due()) co_await scrub_.run_through();
    co_await context_.background.sleep(kScrubLook);
  }
}

void LocalStore::start_scrub() {
  scrubber_.ask_for_pass();
  scrub_.poke();
}

Slot* LocalStore::find_slot() const {
  const io::Shard* shard = io::Shard::current();
  if (shard == nullptr) return nullptr;
  const unsigned index = shard->index();
  if (index < shards_.size() && shards_[index] == shard) return slots_[index].get();
  return shard == &context_.background ? slots_.back().get() : nullptr;
}

Slot& LocalStore::here() const {
  Slot* slot = find_slot();
  LAPIS_CHECK(slot != nullptr);
  return *slot;
}

io::Task<Result<std::unique_ptr<StoredBody>>> LocalStore::write(ChunkOwner owner,
                                                                io::ByteSource& body,
                                                                std::uint64_t length,
                                                                ByteObserver* observer) {
  const PhaseTimer waiting(co_await io::current_trace(), Phase::kData);
  BodyWriter writer(context_, here(), body, {owner, length, observer});
  co_return co_await writer.run();
}

io::Task<Result<std::vector<std::unique_ptr<StoredBody>>>> LocalStore::write_cold(
    std::span<const ShortBody> bodies) {
  ColdWriter writer(context_, here());
  co_return co_await writer.run(bodies);
}

bool LocalStore::has_room(std::uint64_t length) const {
  std::uint64_t room = 0;
  std::uint64_t chunk = kMaxChunkLength;
  bool may_be_full = false;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    PoolPath& path = paths_[i];
    path.supply.refresh();
    const PathStatus status = path.state.status();
    may_be_full |= status == PathStatus::kOnline || status == PathStatus::kFailed;
    if (status != PathStatus::kOnline) continue;
    room += path.state.room_bytes();
    chunk = std::min(chunk, path.state.max_chunk_length());
  }
  // No path is online, nor has one failed: the write says what it is.
  if (!may_be_full) return true;
  if (const Slot* slot = find_slot()) room += slot->open.room_bytes();
  const std::uint64_t chunks = length / chunk + 1;
  return length <= room && chunks * frame_bytes(std::min(length, chunk), kUnitBytes) <= room;
}

io::Task<Result<std::unique_ptr<io::BufferSource>>> LocalStore::read(
    std::unique_ptr<SliceSource> slices) {
  co_return std::make_unique<ChunkReader>(context_, paths_, here(), std::move(slices));
}

io::Task<Result<std::uint64_t>> LocalStore::crc64(std::unique_ptr<SliceSource> slices) {
  co_return co_await crc64_of_slices(context_, paths_, here(), *slices);
}

std::unique_ptr<ChunkStore::Freed> LocalStore::new_freed() {
  return std::make_unique<FreedPlaces>();
}

Result<void> LocalStore::release(MetaView& view, ChunkId chunk, Freed& freed) {
  auto& places = static_cast<FreedPlaces&>(freed);
  places.may_be_damaged = damage_.may_exist();
  return release_chunk(view, chunk, places);
}

Result<void> LocalStore::set_rank(MetaView& view, ChunkId chunk, HeatRank rank) {
  return rank_heat(view, chunk, rank);
}

void LocalStore::released(std::unique_ptr<Freed> freed) {
  crash_point(CrashPoint::kReleaseDurable);
  const auto& places = static_cast<const FreedPlaces&>(*freed);
  damage_.forget(places.damage_rows);
  for (const FreedPlaces::Entry& entry : places.entries) {
    Extent* extent = paths_.find(entry.place);
    if (extent == nullptr || extent->generation() != entry.place.generation) continue;
    extent->remove_live(entry.frame_bytes);
  }
}

io::Task<Result<void>> LocalStore::add_path(std::string pool, std::filesystem::path directory) {
  return changes_.add(std::move(pool), std::move(directory));
}

io::Task<Result<void>> LocalStore::drain_path(std::filesystem::path directory) {
  return changes_.set_mode(std::move(directory), PathMode::kDraining);
}

io::Task<Result<void>> LocalStore::set_read_only(std::filesystem::path directory) {
  return changes_.set_mode(std::move(directory), PathMode::kReadOnly);
}

io::Task<Result<void>> LocalStore::resume_path(std::filesystem::path directory) {
  return changes_.set_mode(std::move(directory), PathMode::kNormal);
}

io::Task<Result<void>> LocalStore::retire_path(std::filesystem::path directory) {
  return changes_.retire(std::move(directory));
}

io::Task<Result<void>> LocalStore::note_uses() { co_return co_await heat_.note_uses(); }

io::Task<Result<std::vector<ColdChunk>>> LocalStore::coldest(PathId path, std::size_t limit,
                                                             std::optional<ColdChunk> after) {
  co_return co_await heat_.coldest(path, limit, after);
}

io::Task<Result<std::vector<ColdChunk>>> LocalStore::reread(unsigned reads) {
  co_return co_await heat_.reread(reads);
}

io::Task<MoveOutcome> LocalStore::move(std::vector<ColdChunk> chunks, MoveTarget target,
                                       Pace& pace) {
  ChunkMover mover(context_, paths_, *slots_.back(), std::move(target), pace);
  co_return co_await mover.run(std::move(chunks));
}

// The last slot is the background's own.
DiskWaits LocalStore::foreground_waits() const {
  DiskWaits sum;
  for (std::size_t i = 0; i + 1 < slots_.size(); ++i) {
    const DiskWaits waits = slots_[i]->times.read();
    sum.operations += waits.operations;
    sum.nanoseconds += waits.nanoseconds;
  }
  return sum;
}

io::Task<std::optional<MoveOutcome>> LocalStore::compact(PathId id, double most_live, Pace& pace) {
  PoolPath* path = paths_.by_id(id);
  if (path == nullptr || !path->state.is_present()) co_return std::nullopt;
  if (!reclaimer_.is_accounted()) co_return std::nullopt;
  Extent* extent = sparsest_extent(path->state, most_live, uncompactable_);
  if (extent == nullptr) co_return std::nullopt;
  crash_point(CrashPoint::kCompactChosen);
  MoveOutcome outcome;
  auto chunks = co_await chunks_in(context_, *extent);
  crash_point(CrashPoint::kCompactListed);
  if (chunks) {
    const MoveTarget target{.pool = path->state.settings().pool, .to_the_last = true};
    outcome = co_await move(std::move(*chunks), target, pace);
    if (outcome.ended) crash_point(CrashPoint::kCompactEmptied);
  } else {
    outcome.ended = fail(chunks.error());
  }
  const bool is_busy = !chunks && chunks.error().code == ErrorCode::kServerBusy;
  const bool is_stuck = (!chunks && !is_busy) || !outcome.unmovable.empty();
  if (is_stuck) uncompactable_.insert(extent);
  co_return outcome;
}

std::vector<PathStats> LocalStore::stats() const {
  std::vector<PathStats> all;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (!closed_) paths_[i].supply.refresh();  // for who asks the next time
    const PathState& path = paths_[i].state;
    PathStats stats{.id = path.settings().id,
                    .path = path.settings().directory,
                    .pool = path.settings().pool,
                    .pool_class = path.settings().pool_class,
                    .status = path.status(),
                    .problem = path.problem(),
                    .extent_bytes = path.settings().extent_bytes,
                    .available_bytes = path.available_bytes(),
                    .capacity_bytes = path.capacity_bytes(),
                    .accounted = reclaimer_.is_accounted()};
    stats.writable = stats.status == PathStatus::kOnline;
    path.extents().for_each([&](const Extent& extent) {
      const ExtentState state = extent.state();
      stats.extents_open += state == ExtentState::kOpen ? 1 : 0;
      stats.extents_free += state == ExtentState::kFree ? 1 : 0;
      const bool is_sealed = state == ExtentState::kSealed || state == ExtentState::kFailed;
      stats.extents_sealed += is_sealed ? 1 : 0;
      stats.extents_dead += extent.looks_dead() ? 1 : 0;
      const auto live = static_cast<std::uint64_t>(std::max<std::int64_t>(extent.live_bytes(), 0));
      stats.live_bytes += live;
      if (is_sealed) stats.dead_bytes += extent.bytes() - std::min(live, extent.bytes());
      if (state == ExtentState::kFree) stats.free_bytes += extent.bytes();
    });
    all.push_back(std::move(stats));
  }
  return all;
}

void LocalStore::close() {
  if (closed_) return;
  closed_ = true;
  for (const auto& slot : slots_) slot->shard.run(close_slot(*slot));
  context_.background.run(close_background());
}

// Reads ahead that their readers have left, and refills of ids, end first.
io::Task<void> LocalStore::close_slot(Slot& slot) {
  co_await slot.tasks.close();
  slot.open.close();
}

io::Task<void> LocalStore::close_background() {
  reclaimer_.stop();
  missing_.stop();
  if (accounting_) accounting_->stop();
  scrubber_.stop();
  co_await background_.close();
  for (std::size_t i = 0; i < paths_.size(); ++i) co_await paths_[i].supply.give_back();
  // What was sealed by closing: the next start need not look into it.
  co_await reclaimer_.pass();
  co_await NextTurn{};  // pokes that came too late refer to this
}

}  // namespace lapis::storage
