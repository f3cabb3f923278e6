// Metadata, its database, and the pools.
#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {
namespace {

constexpr double kNanosecond = 1e-9;
constexpr storage::PathStatus kStatuses[] = {
    storage::PathStatus::kOnline,  storage::PathStatus::kReadOnly, storage::PathStatus::kDraining,
    storage::PathStatus::kMissing, storage::PathStatus::kFailed,   storage::PathStatus::kRetired};

void add_engine_families(Families& families, const storage::MetaEngineStats& engine) {
  families.gauge({"lapis_rocksdb_estimated_keys", "Rows, as the database estimates."}, {},
                 engine.estimated_keys);
  families.gauge({"lapis_rocksdb_memtable_bytes", "Rows in memory that are not in tables yet."}, {},
                 engine.memtable_bytes);
  families.gauge({"lapis_rocksdb_table_bytes", "Size of the table files."}, {}, engine.table_bytes);
  families.gauge({"lapis_rocksdb_log_bytes", "Size of the write-ahead logs."}, {},
                 engine.log_bytes);
  families.gauge({"lapis_rocksdb_pending_compaction_bytes", "What compaction has to rewrite."}, {},
                 engine.pending_compaction_bytes);
  families.gauge({"lapis_rocksdb_running_compactions", "Compactions that run."}, {},
                 engine.running_compactions);
  families.gauge({"lapis_rocksdb_running_flushes", "Flushes that run."}, {},
                 engine.running_flushes);
  families.gauge({"lapis_rocksdb_write_stopped", "1 while the database takes no writes."}, {},
                 engine.stalled);
  families.counter({"lapis_rocksdb_background_errors_total", "Failed flushes and compactions."}, {},
                   engine.background_errors);
  families.gauge({"lapis_rocksdb_block_cache_bytes", "Bytes in the block cache."}, {},
                 engine.block_cache_bytes);
  families.gauge({"lapis_rocksdb_block_cache_capacity_bytes", "How many there may be."}, {},
                 engine.block_cache_capacity);
  families.counter({"lapis_rocksdb_block_cache_hits_total", "Blocks found in the cache."}, {},
                   engine.block_cache_hits);
  families.counter({"lapis_rocksdb_block_cache_misses_total", "Blocks not found in it."}, {},
                   engine.block_cache_misses);
}

void add_path_families(Families& families, const storage::PathStats& path) {
  constexpr MetricName kBytes{"lapis_pool_extent_bytes",
                              "Bytes of extents: named by rows, dead in sealed ones, free."};
  constexpr MetricName kExtents{"lapis_pool_extents", "Extents by state."};
  const std::string directory = path.path.string();
  const auto bytes = [&](std::string_view state, std::uint64_t value) {
    families.gauge(kBytes, {{"pool", path.pool}, {"path", directory}, {"state", state}}, value);
  };
  const auto extents = [&](std::string_view state, std::uint64_t value) {
    families.gauge(kExtents, {{"pool", path.pool}, {"path", directory}, {"state", state}}, value);
  };
  bytes("live", path.live_bytes);
  bytes("dead", path.dead_bytes);
  bytes("free", path.free_bytes);
  extents("open", path.extents_open);
  extents("sealed", path.extents_sealed);
  extents("free", path.extents_free);
  const auto gauge = [&](MetricName name, std::uint64_t value) {
    families.gauge(name, {{"pool", path.pool}, {"path", directory}}, value);
  };
  gauge({"lapis_pool_capacity_bytes", "Size of the path's file system."}, path.capacity_bytes);
  gauge({"lapis_pool_available_bytes", "Free there, without what is kept free."},
        path.available_bytes);
  gauge({"lapis_pool_writable", "1 while the path takes writes."}, path.writable ? 1 : 0);
  constexpr MetricName kState{"lapis_pool_path_state", "1 for the state that the path is in."};
  for (const storage::PathStatus status : kStatuses) {
    families.gauge(kState,
                   {{"pool", path.pool}, {"path", directory}, {"state", storage::name_of(status)}},
                   std::uint64_t{status == path.status});
  }
  gauge({"lapis_pool_accounted", "1 once live bytes have been counted after a start."},
        path.accounted ? 1 : 0);
}

}  // namespace

void add_meta_families(Families& families, storage::LocalMetaStore& meta) {
  const storage::MetaStoreStats stats = meta.stats();
  families.counter({"lapis_meta_transactions_total", "Metadata transactions."}, {},
                   stats.transactions);
  families.gauge({"lapis_meta_transactions_waiting", "Transactions that wait for the committer."},
                 {}, stats.waiting);
  families.histogram({"lapis_meta_group_transactions", "Transactions synced together."}, {},
                     stats.group_sizes, 1);
  families.histogram({"lapis_meta_write_seconds", "Writing and syncing one group."}, {},
                     stats.write_times, kNanosecond);
  families.counter({"lapis_meta_pool_reads_total", "Rows that had to be read from a disk."}, {},
                   stats.pool_reads);
  families.gauge({"lapis_meta_writable", "0 once a metadata write has failed."}, {},
                 std::uint64_t{stats.writable});
  add_engine_families(families, meta.engine_stats());
}

void add_inline_families(Families& families, const blob::InlineMoverStatus& status) {
  const auto gauge = [&](MetricName name, std::uint64_t value) { families.gauge(name, {}, value); };
  const auto counter = [&](MetricName name, std::uint64_t value) {
    families.counter(name, {}, value);
  };
  gauge({"lapis_meta_size_bytes", "What the metadata may take of its disk."}, status.size_bytes);
  gauge({"lapis_meta_used_bytes", "What its files take."}, status.used_bytes);
  gauge({"lapis_meta_high_bytes", "Above this, small bodies move out of it."}, status.high_bytes);
  gauge({"lapis_meta_low_bytes", "Until this is reached."}, status.low_bytes);
  gauge({"lapis_meta_moving_out", "1 while small bodies move out."}, status.moving ? 1 : 0);
  gauge({"lapis_meta_left_bytes", "That are still to move out."}, status.left_bytes);
  counter({"lapis_meta_moved_bodies_total", "Small bodies that moved into chunks."},
          status.moved_bodies);
  counter({"lapis_meta_moved_bytes_total", "Their bytes."}, status.moved_bytes);
  counter({"lapis_meta_compactions_total", "Ranges of tables rewritten to free what moved."},
          status.compactions);
}

void add_chunk_families(Families& families, const storage::LocalChunkStore& chunks) {
  for (const storage::PathStats& path : chunks.stats()) add_path_families(families, path);
}

}  // namespace lapis::daemon
