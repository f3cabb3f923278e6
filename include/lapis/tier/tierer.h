// Tierer: keeps each pool of fast disks below its high watermark by moving what is coldest to the
// next slower pool, empties paths that are draining, and gets space back out of sparse extents.
// What moves is ChunkStore's to do right; what, when and how fast is decided here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/io/shard.h"
#include "lapis/storage/local_chunk_store.h"

namespace lapis::tier {

struct PoolPolicy {
  std::string pool;
  storage::PoolClass pool_class = storage::PoolClass::kFlash;
  // Shares of the pool's size. Above `high` chunks move down until `low` is reached. A pool with no
  // slower one below it has no use for them.
  double high = 0.85;
  double low = 0.75;
  // What moving chunks out of it may take of its disks: bytes and reads plus writes; 0: no limit.
  std::uint64_t bytes_per_second = 0;
  std::uint64_t operations_per_second = 0;
};

struct TierOptions {
  std::vector<PoolPolicy> pools;  // as configured
  // A chunk on slow disks moves up when it is read this often in an hour, as long as a pool of fast
  // ones is below its low watermark; 0: never.
  unsigned promote_reads = 2;
  // Chunks that their owners' access tiers ask down move down at once, and do not come up; else
  // they only go first when something must.
  bool asked_down_at_once = false;
  // An extent of which at most this share lives is emptied where its pool needs space.
  double compact_below = 0.75;
};

// What one pool looks like, and what is done about it.
struct PoolStatus {
  std::string pool;
  storage::PoolClass pool_class = storage::PoolClass::kFlash;
  std::string below;             // where its chunks go; empty: nowhere
  std::uint64_t size_bytes = 0;  // of what Lapis may use
  std::uint64_t used_bytes = 0;  // in extents that are not free
  std::uint64_t live_bytes = 0;
  std::uint64_t high_bytes = 0;  // the watermarks
  std::uint64_t low_bytes = 0;
  bool demoting = false;
  std::uint64_t left_bytes = 0;      // to demote until the low watermark
  std::string why;                   // nothing moves though something should; empty otherwise
  std::uint64_t demoted_chunks = 0;  // since the start, as what follows
  std::uint64_t demoted_bytes = 0;
  std::uint64_t promoted_chunks = 0;  // into it
  std::uint64_t promoted_bytes = 0;
  std::uint64_t compacted_bytes = 0;
  std::uint64_t drained_bytes = 0;
  std::uint64_t unmovable_chunks = 0;
};

struct TierStatus {
  std::vector<PoolStatus> pools;
  std::uint64_t bytes_per_second = 0;  // at which is moved just now; 0: nothing moves
  std::uint64_t rate_limit = 0;        // that foreground latency leaves; 0: none
};

// Thread-safe.
class Tierer {
 public:
  // Works on `background` from now on. All references outlive it.
  static std::unique_ptr<Tierer> start(const TierOptions& options, storage::LocalChunkStore& chunks,
                                       io::Shard& background, const Clock& clock);
  virtual ~Tierer() = default;
  virtual TierStatus status() const = 0;
  // Ends the move that runs; from a thread that is no shard. Idempotent.
  virtual void stop() = 0;
};

}  // namespace lapis::tier
