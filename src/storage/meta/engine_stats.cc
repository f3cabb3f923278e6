#include "storage/meta/engine_stats.h"

#include <rocksdb/statistics.h>
#include <rocksdb/transaction_log.h>

#include <string>

namespace lapis::storage {
namespace {

using rocksdb::DB;

// 0 where the database does not know.
std::uint64_t property(DB& db, const std::string& name) {
  std::uint64_t value = 0;
  return db.GetIntProperty(name, &value) ? value : 0;
}

std::uint64_t log_bytes(DB& db) {
  rocksdb::VectorLogPtr logs;
  std::uint64_t bytes = 0;
  if (!db.GetSortedWalFiles(logs).ok()) return 0;
  for (const auto& log : logs) bytes += log->SizeFileBytes();
  return bytes;
}

}  // namespace

std::uint64_t bytes_of_files(DB& db) {
  return property(db, DB::Properties::kLiveSstFilesSize) + log_bytes(db);
}

MetaEngineStats read_engine_stats(DB& db) {
  MetaEngineStats stats;
  stats.estimated_keys = property(db, DB::Properties::kEstimateNumKeys);
  stats.memtable_bytes = property(db, DB::Properties::kCurSizeAllMemTables);
  stats.table_bytes = property(db, DB::Properties::kLiveSstFilesSize);
  stats.log_bytes = log_bytes(db);
  stats.pending_compaction_bytes = property(db, DB::Properties::kEstimatePendingCompactionBytes);
  stats.running_compactions = property(db, DB::Properties::kNumRunningCompactions);
  stats.running_flushes = property(db, DB::Properties::kNumRunningFlushes);
  stats.stalled = property(db, DB::Properties::kIsWriteStopped);
  stats.background_errors = property(db, DB::Properties::kBackgroundErrors);
  stats.block_cache_bytes = property(db, DB::Properties::kBlockCacheUsage);
  stats.block_cache_capacity = property(db, DB::Properties::kBlockCacheCapacity);
  if (const auto tickers = db.GetDBOptions().statistics) {
    stats.block_cache_hits = tickers->getTickerCount(rocksdb::BLOCK_CACHE_HIT);
    stats.block_cache_misses = tickers->getTickerCount(rocksdb::BLOCK_CACHE_MISS);
  }
  return stats;
}

}  // namespace lapis::storage
