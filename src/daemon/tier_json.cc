#include "daemon/tier_json.h"

#include <nlohmann/json.hpp>

namespace lapis::daemon {
namespace {

admin::Json json_of(const tier::PoolStatus& pool) {
  return {{"name", pool.pool},
          {"class", pool.pool_class == storage::PoolClass::kFlash ? "flash" : "hdd"},
          {"below", pool.below},
          {"size_bytes", pool.size_bytes},
          {"used_bytes", pool.used_bytes},
          {"live_bytes", pool.live_bytes},
          {"high_bytes", pool.high_bytes},
          {"low_bytes", pool.low_bytes},
          {"demoting", pool.demoting},
          {"left_bytes", pool.left_bytes},
          {"why", pool.why},
          {"demoted_chunks", pool.demoted_chunks},
          {"demoted_bytes", pool.demoted_bytes},
          {"promoted_chunks", pool.promoted_chunks},
          {"promoted_bytes", pool.promoted_bytes},
          {"compacted_bytes", pool.compacted_bytes},
          {"drained_bytes", pool.drained_bytes},
          {"unmovable_chunks", pool.unmovable_chunks}};
}

}  // namespace

admin::Json json_of(const blob::InlineMoverStatus& status) {
  return {{"size_bytes", status.size_bytes},     {"used_bytes", status.used_bytes},
          {"high_bytes", status.high_bytes},     {"low_bytes", status.low_bytes},
          {"moving_out", status.moving},         {"left_bytes", status.left_bytes},
          {"moved_bodies", status.moved_bodies}, {"moved_bytes", status.moved_bytes},
          {"compactions", status.compactions},   {"why", status.why}};
}

admin::Json json_of(const tier::TierStatus& status, const blob::InlineMoverStatus& metadata) {
  admin::Json pools = admin::Json::array();
  for (const tier::PoolStatus& pool : status.pools) pools.push_back(json_of(pool));
  return {{"pools", std::move(pools)},
          {"metadata", json_of(metadata)},
          {"moved_bytes_per_second", status.bytes_per_second},
          {"rate_limit_bytes_per_second", status.rate_limit}};
}

}  // namespace lapis::daemon
