// DamageReporter: says in the log which blobs and ranges are affected when damage is found, and
// gathers what `lapis scrub status` shows.
#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <vector>

#include "lapis/blob/affected_blobs.h"
#include "lapis/io/shard.h"
#include "lapis/storage/local_chunk_store.h"

namespace lapis::daemon {

struct ScrubReport {
  storage::ScrubStatus status;
  std::vector<storage::DamagedChunk> damaged;  // the first kMostDamaged
  std::vector<blob::AffectedRange> affected;   // of those
};

class DamageReporter {
 public:
  static constexpr std::size_t kMostDamaged = 1000;

  // Starts at once. All references outlive the object; `service` belongs to `shard`.
  DamageReporter(io::Shard& shard, blob::Service& service, const storage::LocalChunkStore& chunks);
  // From a thread that is no shard; ends soon, as do `report`s that run: from then on they fail.
  void stop();

  // What is known now, with the blobs that are affected now: the rows of the containers that have
  // damage are read for it. Blocks, from a thread that is no shard.
  Result<ScrubReport> report();

 private:
  io::Task<void> start();
  io::Task<void> run();
  io::Task<void> finish();
  io::Task<Result<ScrubReport>> gather();
  io::Task<void> gather_into(Result<ScrubReport>& report);
  bool log_new(const ScrubReport& report);

  io::Shard& shard_;
  blob::Service& service_;
  const storage::LocalChunkStore& chunks_;
  std::set<ChunkId> named_;  // in the log, of those that are damaged now; of the shard
  io::TaskGroup tasks_;      // lives on shard_
  std::atomic<bool> stopping_ = false;
  bool stopped_ = false;
};

}  // namespace lapis::daemon
