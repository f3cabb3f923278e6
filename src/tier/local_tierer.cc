#include "tier/local_tierer.h"

#include <algorithm>
#include <utility>

#include "lapis/base/log.h"
#include "tier/demotion.h"

namespace lapis::tier {
namespace {

constexpr std::string_view kLogComponent = "tier";
constexpr std::chrono::milliseconds kPause{500};      // where nothing is to be done
constexpr std::chrono::milliseconds kReclaiming{20};  // until an emptied extent is free again
constexpr std::chrono::seconds kReclaimLimit{2};      // one that is not by then is not waited for
// After a move that failed: what it failed of (a full pool, mostly) does not pass at once.
constexpr std::chrono::seconds kRest{5};
constexpr std::chrono::milliseconds kWatch{100};  // how often foreground latency is looked at
constexpr std::chrono::seconds kNoting{10};       // how often uses are noted
// Bytes a second that move where space is short, however slow requests are: else new bytes find no
// room.
constexpr std::uint64_t kUrgent = 128ull << 20;
constexpr std::size_t kAtOnce = 128;  // chunks that are chosen at once

constexpr double kSpeedSeconds = 3;

// The pool that takes what goes down from the one at `index`: the first that is slower.
std::string pool_below(const std::vector<PoolPolicy>& pools, std::size_t index) {
  for (std::size_t i = index + 1; i < pools.size(); ++i) {
    if (pools[i].pool_class > pools[index].pool_class) return pools[i].pool;
  }
  return {};
}

}  // namespace

std::unique_ptr<Tierer> Tierer::start(const TierOptions& options, storage::LocalChunkStore& chunks,
                                      io::Shard& background, const Clock& clock) {
  return std::make_unique<LocalTierer>(options, chunks, background, clock);
}

LocalTierer::LocalTierer(const TierOptions& options, storage::LocalChunkStore& chunks,
                         io::Shard& background, const Clock& clock)
    : compact_below_(options.compact_below),
      promote_reads_(options.promote_reads),
      asked_down_at_once_(options.asked_down_at_once),
      chunks_(chunks),
      shard_(background),
      clock_(clock) {
  std::vector<PoolPolicy> ordered;  // as configured, class by class
  for (const auto pool_class : {storage::PoolClass::kFlash, storage::PoolClass::kHdd}) {
    std::ranges::copy_if(options.pools, std::back_inserter(ordered),
                         [&](const PoolPolicy& pool) { return pool.pool_class == pool_class; });
  }
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    pools_.push_back({.policy = ordered[i], .below = pool_below(ordered, i)});
    pools_.back().status.pool = ordered[i].pool;
    pools_.back().status.pool_class = ordered[i].pool_class;
    pools_.back().status.below = pools_.back().below;
  }
  shard_.run(start());
}

io::Task<void> LocalTierer::start() {
  publish();
  (void)tasks_.spawn(run());
  (void)tasks_.spawn(watch());
  co_return;
}

// Looks at how long requests wait, whether something moves or not.
io::Task<void> LocalTierer::watch() {
  while (!stopping_) {
    rate_.observe(clock_.instant(), chunks_.foreground_waits(), moving_);
    measure_speed();
    co_await shard_.sleep(kWatch);
  }
}

// Over the last seconds: a batch counts when it has moved.
void LocalTierer::measure_speed() {
  const Instant now = clock_.instant();
  const auto passed = std::chrono::duration<double>(now - measured_at_).count();
  if (passed < kSpeedSeconds) return;
  speed_ = static_cast<std::uint64_t>(static_cast<double>(moved_bytes_ - measured_bytes_) / passed);
  measured_at_ = now;
  measured_bytes_ = moved_bytes_;
  publish();
}

io::Task<void> LocalTierer::run() {
  while (!stopping_) {
    if (clock_.instant() >= next_noting_) {
      next_noting_ = clock_.instant() + kNoting;
      if (const auto noted = co_await chunks_.note_uses(); !noted) {
        log_warn(kLogComponent, "uses are not noted", {{"error", to_string(noted.error())}});
      }
    }
    const std::vector<storage::PathStats> paths = chunks_.stats();
    bool moved = false;
    for (Pool& pool : pools_) {
      if (!stopping_ && co_await work_on(pool, paths)) moved = true;
    }
    if (!stopping_ && co_await promote()) moved = true;
    moving_ = moved;
    publish();
    if (!moved) co_await shard_.sleep(kPause);
  }
}

// True where something moved: then there may be more.
io::Task<bool> LocalTierer::work_on(Pool& pool, const std::vector<storage::PathStats>& paths) {
  const PoolUsage usage = usage_of(pool.policy.pool, paths);
  const Watermarks marks = watermarks_of(usage, pool.policy.high, pool.policy.low);
  PoolStatus& status = pool.status;
  status.size_bytes = usage.size_bytes;
  status.used_bytes = usage.used_bytes;
  status.live_bytes = usage.live_bytes;
  status.high_bytes = marks.high_bytes;
  status.low_bytes = marks.low_bytes;
  const bool is_resting = clock_.instant() < pool.rests_until;
  if (!is_resting) status.why = usage.accounted ? "" : "live bytes are still being counted";
  const DemotionNeed need =
      pool.below.empty() ? DemotionNeed{} : demotion_need(usage, marks, status.demoting);
  status.demoting = need.demoting;
  status.left_bytes = need.left_bytes;
  const bool is_short = usage.used_bytes > marks.start_bytes;
  rate_.set_least(need.demoting || is_short ? kUrgent : Rate::kLeast);
  publish();
  rate_.set_budget(pool.policy.bytes_per_second, pool.policy.operations_per_second);
  if (is_resting) co_return false;
  if (co_await drain(pool, usage)) co_return true;
  if (need.demoting && co_await demote(pool, usage)) co_return true;
  if (asked_down_at_once_ && co_await demote_asked(pool, usage)) co_return true;
  if (!usage.accounted || usage.used_bytes <= marks.low_bytes) co_return false;
  // What died in extents that live on comes back by emptying them: where space is short. One after
  // the other, or those that are emptied would need space themselves.
  if (usage.dead_extents != 0 && is_short) {
    const Instant now = clock_.instant();
    if (!pool.reclaims_since) pool.reclaims_since = now;
    if (now - *pool.reclaims_since < kReclaimLimit) {
      co_await shard_.sleep(kReclaiming);
      co_return true;
    }
  } else {
    pool.reclaims_since.reset();
  }
  if (co_await compact(pool, usage)) co_return true;
  // What lives would fit, but extents are not filled to their ends: less of it then.
  if (pool.below.empty() || !is_short) co_return false;
  status.demoting = true;
  status.left_bytes = usage.used_bytes - marks.start_bytes;
  publish();
  co_return co_await demote(pool, usage);
}

// The coldest chunks that can be moved.
io::Task<Result<std::vector<storage::ColdChunk>>> LocalTierer::choose(const Pool& pool,
                                                                      const PoolUsage& usage) {
  auto coldest = co_await coldest_of(chunks_, usage, kAtOnce + pool.unmovable.size());
  if (!coldest) co_return coldest;
  std::erase_if(*coldest, [&](const auto& chunk) { return pool.unmovable.contains(chunk.id); });
  co_return coldest;
}

// Whatever room there is: their owners said so.
io::Task<bool> LocalTierer::demote_asked(Pool& pool, const PoolUsage& usage) {
  if (pool.below.empty()) co_return false;
  auto asked = co_await choose(pool, usage);
  if (!asked) {
    pool.status.why = to_string(asked.error());
    co_return false;
  }
  std::erase_if(*asked,
                [](const auto& chunk) { return chunk.rank != storage::HeatRank::kAskedDown; });
  if (asked->empty()) co_return false;
  moving_ = true;
  const auto outcome = co_await chunks_.move(std::move(*asked), {.pool = pool.below}, *this);
  pool.status.demoted_chunks += outcome.moved_chunks;
  co_return count(pool, outcome, pool.status.demoted_bytes);
}

io::Task<bool> LocalTierer::demote(Pool& pool, const PoolUsage& usage) {
  auto coldest = co_await choose(pool, usage);
  if (!coldest) {
    pool.status.why = to_string(coldest.error());
    co_return false;
  }
  if (coldest->empty()) {
    pool.status.why = "nothing in it can be moved";
    co_return false;
  }
  moving_ = true;
  const storage::MoveTarget target{pool.below, {}, pool.status.left_bytes};
  const auto outcome = co_await chunks_.move(std::move(*coldest), target, *this);
  pool.status.demoted_chunks += outcome.moved_chunks;
  co_return count(pool, outcome, pool.status.demoted_bytes);
}

// Empties paths that an operator wants to be empty: into others of the pool, and where those are
// full into any.
io::Task<bool> LocalTierer::drain(Pool& pool, const PoolUsage& usage) {
  bool moved = false;
  for (const storage::PathStats& path : usage.paths) {
    if (stopping_ || path.status != storage::PathStatus::kDraining) continue;
    auto chunks = co_await chunks_.coldest(path.id, kAtOnce + pool.unmovable.size(), std::nullopt);
    if (!chunks) {
      pool.status.why = to_string(chunks.error());
      continue;
    }
    std::erase_if(*chunks, [&](const auto& chunk) { return pool.unmovable.contains(chunk.id); });
    if (chunks->empty()) continue;
    moving_ = true;
    auto outcome =
        co_await chunks_.move(*chunks, {.pool = pool.policy.pool, .away = path.id}, *this);
    if (!outcome.ended && outcome.moved_chunks == 0 && !stopping_) {
      outcome = co_await chunks_.move(std::move(*chunks), {.away = path.id}, *this);
    }
    if (count(pool, outcome, pool.status.drained_bytes)) moved = true;
  }
  co_return moved;
}

// Behind the answers that made it worth while. Into the first pool of fast disks that has room
// below its low watermark: what moves up must not make something else go down.
io::Task<bool> LocalTierer::promote() {
  if (promote_reads_ == 0) co_return false;
  const auto pool = std::ranges::find_if(pools_, [](const Pool& one) {
    const PoolStatus& status = one.status;
    return one.policy.pool_class == storage::PoolClass::kFlash && !status.demoting &&
           status.used_bytes < status.low_bytes;
  });
  if (pool == pools_.end()) co_return false;
  auto reread = co_await chunks_.reread(promote_reads_);
  if (!reread) {
    log_warn(kLogComponent, "what is read again stays on slow disks",
             {{"error", to_string(reread.error())}});
    co_return false;
  }
  std::vector<storage::ColdChunk> chunks = *std::move(reread);
  if (asked_down_at_once_) {
    std::erase_if(chunks,
                  [](const auto& chunk) { return chunk.rank == storage::HeatRank::kAskedDown; });
  }
  if (chunks.empty()) co_return false;
  rate_.set_budget(pool->policy.bytes_per_second, pool->policy.operations_per_second);
  moving_ = true;
  const storage::MoveTarget target{
      pool->policy.pool, {}, pool->status.low_bytes - pool->status.used_bytes};
  const auto outcome = co_await chunks_.move(std::move(chunks), target, *this);
  pool->status.promoted_chunks += outcome.moved_chunks;
  co_return count(*pool, outcome, pool->status.promoted_bytes);
}

io::Task<bool> LocalTierer::compact(Pool& pool, const PoolUsage& usage) {
  bool moved = false;
  for (const storage::PathStats& path : usage.paths) {
    if (stopping_) break;
    const auto outcome = co_await chunks_.compact(path.id, compact_below_, *this);
    if (outcome && count(pool, *outcome, pool.status.compacted_bytes)) moved = true;
  }
  co_return moved;
}

bool LocalTierer::count(Pool& pool, const storage::MoveOutcome& outcome, std::uint64_t& bytes) {
  bytes += outcome.moved_bytes;
  moved_bytes_ += outcome.moved_bytes;
  pool.unmovable.insert(outcome.unmovable.begin(), outcome.unmovable.end());
  pool.status.unmovable_chunks = pool.unmovable.size();
  if (!outcome.ended && !stopping_) {
    pool.status.why = to_string(outcome.ended.error());
    pool.rests_until = clock_.instant() + kRest;
    if (std::exchange(pool.reported, pool.status.why) != pool.status.why) {
      log_warn(kLogComponent, "chunks could not be moved",
               {{"pool", pool.policy.pool}, {"error", pool.status.why}});
    }
  } else if (outcome.moved_chunks != 0) {
    pool.reported.clear();
  }
  return outcome.moved_chunks != 0 || (outcome.ended && outcome.gone_chunks != 0);
}

io::Task<bool> LocalTierer::admit(std::uint64_t bytes) {
  while (!stopping_) {
    const auto wait = rate_.admit(clock_.instant(), bytes);
    if (!wait) co_return true;
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(*wait);
    co_await shard_.sleep(std::min(pause, kWatch));
  }
  co_return false;
}

void LocalTierer::publish() {
  TierStatus status;
  for (const Pool& pool : pools_) status.pools.push_back(pool.status);
  status.bytes_per_second = speed_;
  status.rate_limit = rate_.limit() == Rate::kMost ? 0 : rate_.limit();
  const std::lock_guard lock(mutex_);
  shown_ = std::move(status);
}

TierStatus LocalTierer::status() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

io::Task<void> LocalTierer::finish() { co_await tasks_.close(); }

void LocalTierer::stop() {
  if (std::exchange(stopped_, true)) return;
  stopping_ = true;
  shard_.run(finish());
}

}  // namespace lapis::tier
