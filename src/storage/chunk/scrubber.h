// Scrubber: verifies every chunk at rest once a period, and chunks that a read could not verify at
// once; records, logs and counts what is damaged, and takes a record back where the chunk verifies
// again. Position and times are a row, so that a restart goes on where it was.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "lapis/base/metrics.h"
#include "lapis/io/task.h"
#include "storage/chunk/damage_records.h"
#include "storage/chunk/frame_verifier.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/scrub_window.h"
#include "storage/chunk/store_context.h"
#include "storage/chunk/suspects.h"

namespace lapis::storage {

// Lives on the background shard, what says otherwise apart.
class Scrubber {
 public:
  Scrubber(const StoreContext& context, const PathSet& paths, DamageRecords& damage);

  // While opening, before anything else. Blocks.
  Result<void> load(const ScrubOptions& options, MetaSnapshot& snapshot);

  // Passes become due without being asked for: somebody has to look now and then.
  bool runs_by_itself() const;
  // A pass is to begin, or to go on.
  bool is_due() const;
  // Runs a pass to its end, or until `stop`. Nothing where none is due. One at a time.
  io::Task<void> pass();
  // Looks at each of `chunks`, of which a read said that they do not verify.
  io::Task<void> examine(std::vector<ChunkId> chunks);

  // Any thread. The next `pass` begins at the first chunk and runs at full rate.
  void ask_for_pass() { asked_.store(true); }
  void stop();
  bool is_stopping() const { return stopping_; }
  ScrubStatus status() const;

 private:
  enum class Look : std::uint8_t { kDone, kStopped };

  io::Task<Result<ScrubWindow>> read_window();
  void begin_pass();
  io::Task<void> end_pass();
  io::Task<bool> work_through(ScrubWindow window);
  io::Task<Look> look_at(ChunkId chunk, std::optional<Place> place, FrameVerifier& verifier,
                         DamageFinder finder);
  io::Task<void> judge(ChunkId chunk, Place place, FrameVerifier::Verdict verdict,
                       DamageFinder finder);
  void set_rates();
  io::Task<void> save();
  Timestamp next_begin() const;
  io::Task<bool> pause(std::chrono::milliseconds delay);

  const StoreContext& context_;
  const PathSet& paths_;
  DamageRecords& damage_;
  FrameVerifier passing_;
  FrameVerifier examining_;
  ScrubOptions options_;
  Instant opened_;
  std::atomic<bool> asked_ = false;
  std::atomic<bool> stopping_ = false;

  mutable std::mutex mutex_;  // of the next two; written on the background shard only
  ScrubRow progress_;
  ScrubStatus shown_;
  Counter chunks_verified_;
  Counter bytes_verified_;
  Counter chunks_skipped_;
  Counter damage_found_;
};

}  // namespace lapis::storage
