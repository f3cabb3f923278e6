// LocalTierer: see Tierer.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "lapis/io/task_group.h"
#include "lapis/tier/tierer.h"
#include "tier/pool_usage.h"
#include "tier/rate.h"

namespace lapis::tier {

// Lives on the background shard, `status` and `stop` apart.
class LocalTierer final : public Tierer, private storage::Pace {
 public:
  LocalTierer(const TierOptions& options, storage::LocalChunkStore& chunks, io::Shard& background,
              const Clock& clock);
  ~LocalTierer() override { stop(); }

  TierStatus status() const override;
  void stop() override;

 private:
  // A pool as it is worked on.
  struct Pool {
    PoolPolicy policy;
    std::string below;  // the pool that takes what goes down; empty: none
    PoolStatus status{};
    std::set<ChunkId> unmovable{};            // not tried again before the next start
    Instant rests_until{};                    // after a failure
    std::optional<Instant> reclaims_since{};  // its emptied extents
    std::string reported{};                   // the last one, which is not said again and again
  };

  io::Task<bool> admit(std::uint64_t bytes) override;
  io::Task<void> start();
  io::Task<void> run();
  io::Task<void> watch();
  io::Task<bool> work_on(Pool& pool, const std::vector<storage::PathStats>& paths);
  io::Task<bool> demote(Pool& pool, const PoolUsage& usage);
  io::Task<bool> demote_asked(Pool& pool, const PoolUsage& usage);
  io::Task<Result<std::vector<storage::ColdChunk>>> choose(const Pool& pool,
                                                           const PoolUsage& usage);
  io::Task<bool> drain(Pool& pool, const PoolUsage& usage);
  io::Task<bool> promote();
  io::Task<bool> compact(Pool& pool, const PoolUsage& usage);
  io::Task<void> finish();
  bool count(Pool& pool, const storage::MoveOutcome& outcome, std::uint64_t& bytes);
  void measure_speed();
  void publish();

  const double compact_below_;
  const unsigned promote_reads_;
  const bool asked_down_at_once_;
  storage::LocalChunkStore& chunks_;
  io::Shard& shard_;
  const Clock& clock_;
  std::vector<Pool> pools_;  // the fastest first
  Rate rate_;
  bool moving_ = false;
  Instant next_noting_{};
  std::uint64_t moved_bytes_ = 0;
  std::uint64_t measured_bytes_ = 0;
  Instant measured_at_{};
  std::uint64_t speed_ = 0;
  io::TaskGroup tasks_;
  std::atomic<bool> stopping_ = false;
  bool stopped_ = false;
  mutable std::mutex mutex_;  // guards what follows
  TierStatus shown_;
};

}  // namespace lapis::tier
