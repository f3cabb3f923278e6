// What moves between pools.
#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {
namespace {

void add_pool_families(Families& families, const tier::PoolStatus& pool) {
  const auto gauge = [&](MetricName name, std::uint64_t value) {
    families.gauge(name, {{"pool", pool.pool}}, value);
  };
  const auto counter = [&](MetricName name, std::uint64_t value) {
    families.counter(name, {{"pool", pool.pool}}, value);
  };
  gauge({"lapis_tier_size_bytes", "What Lapis may use of the pool's disks."}, pool.size_bytes);
  gauge({"lapis_tier_used_bytes", "Of that, in extents that are not free."}, pool.used_bytes);
  gauge({"lapis_tier_high_bytes", "Above this, chunks move down."}, pool.high_bytes);
  gauge({"lapis_tier_low_bytes", "Until this is reached."}, pool.low_bytes);
  gauge({"lapis_tier_demoting", "1 while chunks move down."}, pool.demoting ? 1 : 0);
  gauge({"lapis_tier_left_bytes", "That are still to move down."}, pool.left_bytes);
  gauge({"lapis_tier_unmovable_chunks", "Damaged or unreadable where they lie."},
        pool.unmovable_chunks);
  counter({"lapis_tier_demoted_chunks_total", "Chunks that moved to a slower pool."},
          pool.demoted_chunks);
  counter({"lapis_tier_demoted_bytes_total", "Their bytes."}, pool.demoted_bytes);
  counter({"lapis_tier_promoted_chunks_total", "Chunks that moved up into it."},
          pool.promoted_chunks);
  counter({"lapis_tier_promoted_bytes_total", "Their bytes."}, pool.promoted_bytes);
  counter({"lapis_tier_drained_bytes_total", "Bytes moved off draining paths."},
          pool.drained_bytes);
  counter({"lapis_tier_compacted_bytes_total", "Bytes moved out of sparse extents."},
          pool.compacted_bytes);
}

}  // namespace

void add_tier_families(Families& families, const tier::Tierer& tierer) {
  const tier::TierStatus status = tierer.status();
  for (const tier::PoolStatus& pool : status.pools) add_pool_families(families, pool);
  families.gauge({"lapis_tier_rate_limit_bytes",
                  "Bytes a second that foreground latency leaves to moving; 0: no limit."},
                 {}, status.rate_limit);
}

}  // namespace lapis::daemon
