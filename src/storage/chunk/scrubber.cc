#include "storage/chunk/scrubber.h"

#include <algorithm>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {
namespace {

using Outcome = FrameVerifier::Outcome;

constexpr std::string_view kLogComponent = "scrub";
// After a start there is more urgent work.
constexpr std::chrono::milliseconds kFirstDelay = std::chrono::minutes(1);
constexpr std::chrono::milliseconds kBusyDelay{200};
constexpr std::chrono::milliseconds kErrorDelay = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kLongestSleep{200};
// A window is as much as is read in some seconds: what is done again after a restart.
constexpr std::uint64_t kWindowSeconds = 10;
constexpr std::uint64_t kLeastWindow = 8ull << 20;
constexpr std::uint64_t kMostWindow = 1ull << 30;
constexpr int kMoves = 3;

std::uint64_t live_bytes(const PathSet& paths) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!paths[i].state.is_present()) continue;
    paths[i].state.extents().for_each([&](const Extent& extent) {
      sum += static_cast<std::uint64_t>(std::max<std::int64_t>(extent.live_bytes(), 0));
    });
  }
  return sum;
}

template <class T>
bool is_busy(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::kServerBusy;
}

std::string to_text(const std::vector<ChunkRange>& ranges) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < ranges.size() && i < kShown; ++i) {
    if (i != 0) text += ',';
    text += std::to_string(ranges[i].offset) + "+" + std::to_string(ranges[i].length);
  }
  if (ranges.size() > kShown) text += ",...";
  return text.empty() ? "none" : text;
}

void report(ChunkId chunk, const DamageRow& row) {
  log_error(kLogComponent, "chunk is damaged",
            {{"chunk", chunk.value},
             {"path_id", row.place.path.value},
             {"extent", row.place.extent.value},
             {"generation", row.place.generation},
             {"offset", row.place.offset},
             {"bad_bytes", to_text(row.bad)},
             {"container", row.owner ? std::to_string(row.owner->container.value) : "unknown"},
             {"seen", row.seen}});
}

}  // namespace

Scrubber::Scrubber(const StoreContext& context, const PathSet& paths, DamageRecords& damage)
    : context_(context),
      paths_(paths),
      damage_(damage),
      passing_(context, paths),
      examining_(context, paths) {}

Result<void> Scrubber::load(const ScrubOptions& options, MetaSnapshot& snapshot) {
  options_ = options;
  opened_ = context_.clock.instant();
  examining_.set_rate(options.rate);
  LAPIS_TRY_VOID(damage_.count(snapshot));
  LAPIS_TRY(const auto stored, snapshot.get(scrub_key()));
  if (!stored) return {};
  if (auto row = decode_scrub_row(*stored)) {
    progress_ = std::move(*row);
  } else {
    log_warn(kLogComponent, "position cannot be read: a pass begins anew",
             {{"error", to_string(row.error())}});
  }
  return {};
}

void Scrubber::stop() {
  stopping_.store(true);
  passing_.stop();
  examining_.stop();
}

bool Scrubber::runs_by_itself() const {
  return options_.enabled || (progress_.running && progress_.at_full_rate);
}

bool Scrubber::is_due() const {
  if (stopping_) return false;
  if (asked_) return true;
  if (!runs_by_itself()) return false;
  const auto delay = std::min(kFirstDelay, options_.period / 10);
  if (context_.clock.instant() - opened_ < delay) return false;
  return progress_.running || context_.clock.now() >= next_begin();
}

// A clock that was put back must not keep it from beginning for longer than a period.
Timestamp Scrubber::next_begin() const {
  if (!progress_.last) return Timestamp{};
  const auto next = progress_.last->started + std::chrono::duration_cast<Ticks>(options_.period);
  const auto latest = context_.clock.now() + std::chrono::duration_cast<Ticks>(options_.period);
  return next > latest ? Timestamp{} : next;
}

io::Task<void> Scrubber::pass() {
  if (!is_due()) co_return;
  begin_pass();
  co_await save();  // an order to begin outlives a restart
  while (!stopping_ && !asked_) {
    set_rates();
    Result<ScrubWindow> window = co_await read_window();
    if (!window) {
      if (!is_busy(window)) {
        log_error(kLogComponent, "chunk rows cannot be read; trying again",
                  {{"error", to_string(window.error())}});
      }
      if (!co_await pause(is_busy(window) ? kBusyDelay : kErrorDelay)) co_return;
      continue;
    }
    const bool is_last = window->is_last;
    if (!co_await work_through(std::move(*window))) co_return;
    if (is_last) {
      co_await end_pass();
      co_return;
    }
    co_await save();
  }
}

// The snapshot is given up before the window is worked through.
io::Task<Result<ScrubWindow>> Scrubber::read_window() {
  const auto snapshot = context_.meta.snapshot();
  const std::uint64_t bytes = std::clamp(shown_.rate * kWindowSeconds, kLeastWindow, kMostWindow);
  auto read = [&] { return read_scrub_window(*snapshot, progress_.next_chunk, bytes); };
  co_return co_await context_.blocking.run(std::ref(read));
}

void Scrubber::begin_pass() {
  const bool asked = asked_.exchange(false);
  const std::lock_guard lock(mutex_);
  if (progress_.running && !asked) return;
  progress_.running.emplace().started = context_.clock.now();
  progress_.next_chunk = {};
  progress_.at_full_rate = asked;
  log_info(kLogComponent, "a pass begins", {{"asked_for", asked ? 1 : 0}});
}

io::Task<void> Scrubber::end_pass() {
  if (const auto swept = co_await damage_.sweep(); !swept) {
    log_warn(kLogComponent, "records of chunks that are gone stay",
             {{"error", to_string(swept.error())}});
  }
  ScrubPass done;
  {
    const std::lock_guard lock(mutex_);
    progress_.running->completed = context_.clock.now();
    done = *progress_.running;
    progress_.last = std::exchange(progress_.running, std::nullopt);
    progress_.next_chunk = {};
    progress_.at_full_rate = false;
    shown_.rate = shown_.wanted_rate = shown_.bytes_left = 0;
  }
  passing_.close_files();
  log_info(kLogComponent, "a pass is complete",
           {{"chunks", done.chunks},
            {"bytes", done.bytes},
            {"damaged", done.damaged},
            {"skipped", done.skipped}});
  co_await save();
}

// False where it was to stop, or to begin anew: then nothing of the window counts as done.
io::Task<bool> Scrubber::work_through(ScrubWindow window) {
  for (const ChunkId chunk : window.broken) {
    log_error(kLogComponent, "a chunk's row is damaged", {{"chunk", chunk.value}});
  }
  for (const ScrubWindow::Entry& entry : window.entries) {
    const Look look = co_await look_at(entry.chunk, entry.place, passing_, DamageFinder::kScrub);
    if (look == Look::kStopped || asked_) co_return false;
  }
  passing_.close_files();
  const std::lock_guard lock(mutex_);
  progress_.next_chunk = window.next;
  progress_.running->damaged += window.broken.size();
  co_return true;
}

void Scrubber::set_rates() {
  const std::uint64_t live = live_bytes(paths_);
  const std::lock_guard lock(mutex_);
  const ScrubPass& running = *progress_.running;
  shown_.bytes_left = live - std::min(live, running.bytes);
  const std::chrono::duration<double> elapsed = context_.clock.now() - running.started;
  const std::uint64_t before = shown_.wanted_rate;
  shown_.wanted_rate = wanted_rate(options_, shown_.bytes_left, elapsed);
  shown_.rate =
      progress_.at_full_rate ? options_.rate : std::min(shown_.wanted_rate, options_.rate);
  passing_.set_rate(shown_.rate);
  if (shown_.wanted_rate > options_.rate && before <= options_.rate) {
    log_warn(kLogComponent, "a pass cannot be complete within its period at this rate",
             {{"rate", options_.rate}, {"needed", shown_.wanted_rate}});
  }
}

// At `place`, or wherever it lies now where that is none of its places any more.
io::Task<Scrubber::Look> Scrubber::look_at(ChunkId chunk, std::optional<Place> place,
                                           FrameVerifier& verifier, DamageFinder finder) {
  for (int moves = 0; moves < kMoves;) {
    const auto stored = co_await context_.meta.get(chunk_key(chunk));
    if (stored && !*stored) co_return Look::kDone;  // released
    if (is_busy(stored)) {
      if (!co_await pause(kBusyDelay)) co_return Look::kStopped;
      continue;
    }
    auto row = stored ? decode_chunk_row(**stored) : Result<ChunkRow>(fail(stored.error()));
    if (!row) {
      log_error(kLogComponent, "a chunk's row cannot be read",
                {{"chunk", chunk.value}, {"error", to_string(row.error())}});
      co_return Look::kDone;
    }
    std::vector<Place> places = row->places;
    if (place && std::ranges::find(places, *place) != places.end()) places = {*place};
    bool has_moved = false;
    for (const Place& at : places) {
      FrameVerifier::Verdict verdict = co_await verifier.verify(chunk, *row, at);
      while (verdict.outcome == Outcome::kBusy) {
        if (!co_await pause(kBusyDelay)) co_return Look::kStopped;
        verdict = co_await verifier.verify(chunk, *row, at);
      }
      if (verdict.outcome == Outcome::kStopped) co_return Look::kStopped;
      has_moved = verdict.outcome == Outcome::kMoved;
      if (has_moved) break;
      co_await judge(chunk, at, std::move(verdict), finder);
    }
    if (!has_moved) co_return Look::kDone;
    if (++moves == kMoves) {
      FrameVerifier::Verdict verdict{Outcome::kDamaged,
                                     lost_frame(*row, "the extent was used anew"), 0};
      co_await judge(chunk, row->places.front(), std::move(verdict), finder);
    }
  }
  co_return Look::kDone;
}

// Whole, damaged, or on a path that is missing.
io::Task<void> Scrubber::judge(ChunkId chunk, Place place, FrameVerifier::Verdict verdict,
                               DamageFinder finder) {
  const bool is_pass = finder == DamageFinder::kScrub;
  if (verdict.outcome == Outcome::kNoPath) {
    chunks_skipped_.add();
    const std::lock_guard lock(mutex_);
    if (is_pass) ++progress_.running->skipped;
    co_return;
  }
  bytes_verified_.add(verdict.bytes);
  chunks_verified_.add();
  bool is_damaged = false;
  Result<void> recorded;
  if (verdict.outcome == Outcome::kWhole) {
    do {
      recorded = co_await damage_.clear(chunk, place);
    } while (is_busy(recorded) && co_await pause(kBusyDelay));
    if (!is_pass) {
      log_warn(kLogComponent, "a chunk that a read could not verify is whole on its disk",
               {{"chunk", chunk.value}});
    }
  } else {
    const DamageRow row{context_.clock.now(),
                        finder,
                        place,
                        std::move(verdict.findings.bad),
                        verdict.findings.owner,
                        std::move(verdict.findings.seen)};
    Result<bool> is_current;
    do {
      is_current = co_await damage_.record(chunk, row);
    } while (is_busy(is_current) && co_await pause(kBusyDelay));
    is_damaged = !is_current || *is_current;
    if (!is_current) recorded = fail(is_current.error());
    if (is_damaged) report(chunk, row);
  }
  if (!recorded) {
    log_error(kLogComponent, "what is known of damage cannot be written",
              {{"chunk", chunk.value}, {"error", to_string(recorded.error())}});
  }
  if (is_damaged) damage_found_.add();
  const std::lock_guard lock(mutex_);
  if (is_pass) {
    ++progress_.running->chunks;
    progress_.running->bytes += verdict.bytes;
    progress_.running->damaged += is_damaged ? 1 : 0;
  }
}

io::Task<void> Scrubber::examine(std::vector<ChunkId> chunks) {
  for (const ChunkId chunk : chunks) {
    const auto known = co_await is_damaged(context_.meta, chunk);
    if (known && *known) continue;
    const Look look = co_await look_at(chunk, std::nullopt, examining_, DamageFinder::kRead);
    if (look == Look::kStopped) co_return;
  }
  examining_.close_files();
}

io::Task<void> Scrubber::save() {
  ScrubRow row;
  {
    const std::lock_guard lock(mutex_);
    row = progress_;
  }
  Transaction put = [value = encode(row)](MetaView& view) -> Result<void> {
    view.put(scrub_key(), value);
    return {};
  };
  crash_point(CrashPoint::kScrubBeforeSave);
  const Result<void> saved = co_await context_.meta.transact(Scope{}, std::move(put));
  crash_point(CrashPoint::kScrubSaved);
  if (!saved) {
    // Harmless: more is verified again after a restart.
    log_warn(kLogComponent, "position is not recorded", {{"error", to_string(saved.error())}});
  }
}

io::Task<bool> Scrubber::pause(std::chrono::milliseconds delay) {
  for (; delay.count() > 0 && !stopping_; delay -= kLongestSleep) {
    co_await context_.background.sleep(std::min(delay, kLongestSleep));
  }
  co_return !stopping_;
}

ScrubStatus Scrubber::status() const {
  const std::lock_guard lock(mutex_);
  ScrubStatus status = shown_;
  status.options = options_;
  if (runs_by_itself()) status.running = progress_.running;
  status.last = progress_.last;
  status.position = progress_.next_chunk;
  status.at_full_rate = progress_.at_full_rate;
  if (options_.enabled && !progress_.running) {
    status.next = std::max(next_begin(), context_.clock.now());
  }
  status.chunks_verified = chunks_verified_.value();
  status.bytes_verified = bytes_verified_.value();
  status.chunks_skipped = chunks_skipped_.value();
  status.damage_found = damage_found_.value();
  status.damaged_chunks = damage_.size();
  return status;
}

}  // namespace lapis::storage
