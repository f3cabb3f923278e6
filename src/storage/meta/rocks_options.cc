#include "storage/meta/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>
#include <memory>

#include "storage/meta/rocks_log.h"

namespace lapis::storage {
namespace {

constexpr int kBloomBitsPerKey = 10;
constexpr int kWriteBuffers = 4;
constexpr int kOpenFiles = 1024;
constexpr int kBackgroundJobs = 2;
// A table in which half of so many neighbouring rows are erasures is compacted for their sake.
constexpr std::size_t kErasureWindow = 4096;
constexpr std::uint64_t kTableFileBytes = 32ull << 20;
constexpr std::uint64_t kBaseLevelBytes = 128ull << 20;

// Everything read from tables, indexes and filters included, lies in the one bounded cache.
std::shared_ptr<rocksdb::TableFactory> table_factory(std::uint64_t cache_bytes) {
  rocksdb::LRUCacheOptions cache;
  cache.capacity = cache_bytes;
  cache.high_pri_pool_ratio = 0.5;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache);
  table.block_size = 8 << 10;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::CompressionType compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::ranges::find(supported, rocksdb::kLZ4Compression) != supported.end()
             ? rocksdb::kLZ4Compression
             : rocksdb::kNoCompression;
}

void set_durability(rocksdb::Options& rocks) {
  rocks.paranoid_checks = true;
  rocks.track_and_verify_wals_in_manifest = true;
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  rocks.avoid_flush_during_recovery = false;
  rocks.recycle_log_file_num = 0;
  rocks.manual_wal_flush = false;
  rocks.enable_pipelined_write = false;
  rocks.unordered_write = false;
}

void set_sizes(rocksdb::Options& rocks, const MetaStoreOptions& options) {
  rocks.write_buffer_size =
      std::max<std::size_t>(options.write_buffer_bytes / kWriteBuffers, 1u << 20);
  rocks.max_write_buffer_number = kWriteBuffers;
  rocks.max_open_files = kOpenFiles;
  rocks.max_background_jobs = kBackgroundJobs;
  rocks.target_file_size_base = kTableFileBytes;
  rocks.max_bytes_for_level_base = kBaseLevelBytes;
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.bytes_per_sync = 1 << 20;
  rocks.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(kErasureWindow, kErasureWindow / 2));
}

}  // namespace

rocksdb::Options rocks_options(const MetaStoreOptions& options, rocksdb::Env* env) {
  rocksdb::Options rocks;
  rocks.env = env;
  rocks.info_log = std::make_shared<RocksLog>();
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  // For the hits of the block cache; no time is taken for it.
  rocks.statistics = rocksdb::CreateDBStatistics();
  rocks.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  // Lets RocksDB go on by itself after a compaction that found the disk full.
  rocks.sst_file_manager.reset(rocksdb::NewSstFileManager(env, rocks.info_log));
  // A reader that is the last user of an obsolete file leaves its removal to a background thread:
  // readers are io threads.
  rocks.avoid_unnecessary_blocking_io = true;
  rocks.compression = compression();
  rocks.table_factory = table_factory(options.block_cache_bytes);
  set_durability(rocks);
  set_sizes(rocks, options);
  return rocks;
}

rocksdb::WriteOptions durable_write() {
  rocksdb::WriteOptions write;
  write.sync = true;
#ifdef LAPIS_MUTANT_NO_WAL_SYNC
  write.sync = false;
#endif
  return write;
}

rocksdb::ReadOptions disk_read() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  return read;
}

rocksdb::ReadOptions memory_read() {
  rocksdb::ReadOptions read = disk_read();
  read.read_tier = rocksdb::kBlockCacheTier;
  return read;
}

}  // namespace lapis::storage
