// AgedStore: a store of many small chunks that were written, and some of them read again, over days
// of an injected clock; on real disks: RocksDB, extent files, two pools, a tierer. For what moving
// costs.
#pragma once

#include <rocksdb/statistics.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "budget/outside_counters.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/tier/tierer.h"
#include "support/counting_file_system.h"
#include "support/manual_clock.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::test {

// The wall clock stands still until it is told to go on; monotonic time passes, for waits.
class InjectedClock final : public Clock {
 public:
  Timestamp now() const override { return wall_.now(); }
  Instant instant() const override { return system_.instant(); }
  void advance(Ticks by) { wall_.advance(by); }

 private:
  ManualClock wall_;
  SystemClock system_;
};

// What a run of the tierer has cost, by counters. Rows are RocksDB's, whoever asked for them:
// compactions and flushes apart, which are in `device` only.
struct RunCost {
  std::uint64_t demoted = 0;  // chunks
  std::uint64_t moved = 0;    // those, and what was moved to empty sparse extents
  std::uint64_t rows_read = 0;
  std::uint64_t seeks = 0;
  std::uint64_t steps = 0;    // of cursors, to rows that are there
  std::uint64_t skipped = 0;  // and over those that are not any more
  std::uint64_t extent_reads = 0;
  std::uint64_t extent_read_bytes = 0;
  std::uint64_t extent_written_bytes = 0;
  std::uint64_t transactions = 0;
  daemon::DeviceBytes device;

  std::uint64_t rows_touched() const { return rows_read + seeks + steps + skipped; }
};

class AgedStore {
 public:
  static constexpr std::uint64_t kBodyBytes = 100;
  static constexpr std::uint64_t kFrameBytes = 4096;
  static constexpr std::uint64_t kExtentBytes = 2 << 20;

  // An empty store whose fast pool has room for twice as much as `chunks` need.
  explicit AgedStore(std::uint64_t chunks);
  ~AgedStore();

  // Writes all of them over twenty days, and reads a fifth of the first half, and every twentieth,
  // on later days.
  void fill();

  // One run: the watermarks are such that the pool is above the high one until about `chunks` of
  // the coldest have gone. Ends when the tierer has nothing more to do.
  RunCost demote(std::uint64_t chunks);

  // --- what is so, and what should be ---
  struct Aged {
    ChunkId id;
    std::uint32_t hour = 0;  // of its last use, as the test has it
  };
  const std::vector<Aged>& chunks() const { return chunks_; }
  std::string body(std::size_t chunk) const;
  // As the index of each path has them, the coldest first.
  std::vector<storage::ColdChunk> on_flash() { return on_path(0); }
  std::vector<storage::ColdChunk> on_disk() { return on_path(1); }
  // By its row: 0 for the fast pool's, 1 for the slow one's.
  std::size_t path_of(std::size_t chunk);
  Result<std::string> read(std::size_t chunk);

 private:
  void open(std::uint64_t capacity_bytes);
  void write(std::size_t first, std::size_t count);
  void read_again(std::size_t end, std::size_t every);
  template <class One>
  void on_both_shards(std::size_t first, std::size_t count, One one);
  std::vector<storage::ColdChunk> on_path(std::size_t path);
  tier::TierOptions policy_for(std::uint64_t chunks);
  void wait_for(const tier::Tierer& tierer) const;
  bool has_settled(const tier::PoolStatus& flash) const;
  RunCost counters() const;

  TempDir dir_{"/var/tmp"};
  InjectedClock clock_;
  FileCounts counts_;
  CountingFileSystem files_{io::make_uring_file_system(), counts_};
  std::shared_ptr<rocksdb::Statistics> statistics_ = rocksdb::CreateDBStatistics();
  TestShard shard0_{{.index = 0}};
  TestShard shard1_{{.index = 1}};
  // Not of low priority: on a busy machine the test would wait for all others.
  TestShard background_{{.index = 2}};
  io::BlockingPool blocking_{2, 1000};
  std::unique_ptr<storage::LocalMetaStore> meta_;
  std::unique_ptr<storage::LocalChunkStore> store_;
  std::vector<Aged> chunks_;
};

}  // namespace lapis::test
