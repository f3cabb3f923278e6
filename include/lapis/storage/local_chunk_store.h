// The local ChunkStore: extent files in the paths of pools.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/local_meta_store.h"
#include "lapis/storage/scrub.h"

namespace lapis::storage {

enum class PoolClass : std::uint8_t { kFlash, kHdd };

struct PoolOptions {
  std::string name;
  PoolClass pool_class = PoolClass::kFlash;
  std::vector<std::filesystem::path> paths;
  std::uint64_t extent_bytes = 0;    // 0: by the size of the path, 4 MiB to 1 GiB
  std::uint64_t min_free_bytes = 0;  // kept free on each path; 0: an extent's worth
  std::uint64_t capacity_bytes = 0;  // that extents may take of each path; 0: all but that
  // The share of a path from which on new bytes go to other pools while those have room.
  double fill_share = 1;
};

struct ChunkStoreOptions {
  std::vector<PoolOptions> pools;
  std::uint64_t chunk_cache_bytes = 16ull << 20;  // decoded chunk rows, for each shard
  ScrubOptions scrub;
  // The operator's word that acknowledged commits may be lost (design: a new epoch begins).
  bool accept_lost_commits = false;
  // How often paths that were missing when the store was opened are looked for.
  std::chrono::milliseconds missing_interval{3'000};
};

// What a path is good for.
enum class PathStatus : std::uint8_t {
  kOnline,
  kReadOnly,  // asked for: read, not written to
  kDraining,  // asked for: likewise, and what lies on it is to move off
  kMissing,   // registered and not there, or refused: what lies on it cannot be read
  kFailed,    // its disk failed too often: read, not written to until it is resumed or a restart
  kRetired,   // given up: nothing lies on it
};
// "online", "read-only" and so on.
std::string_view name_of(PathStatus status);

// A chunk on one of its paths, as the index of the coldest has it.
struct ColdChunk {
  ChunkId id;
  PathId path;
  std::uint32_t hour = 0;  // of its last use, since the Unix epoch
  HeatRank rank = HeatRank::kNormal;
  friend bool operator==(const ColdChunk&, const ColdChunk&) = default;
};

// Where chunks may be moved to.
struct MoveTarget {
  std::string pool{};            // empty: any, the fastest first
  std::optional<PathId> away{};  // not to this path
  // No further chunk is begun with once this much has moved.
  std::uint64_t most_bytes = ~std::uint64_t{0};
  // Into the extent, too, that new bytes are not to take: what is moved makes more room than it
  // takes.
  bool to_the_last = false;
};

struct MoveOutcome {
  std::uint64_t moved_chunks = 0;
  std::uint64_t moved_bytes = 0;   // of frames
  std::uint64_t gone_chunks = 0;   // released, or moved by somebody else, meanwhile
  std::vector<ChunkId> unmovable;  // damaged or unreadable where they lie: they stay there
  // Why it ended before all were moved (kInsufficientStorage: no room; kServerBusy: told to stop).
  // What was moved before counts.
  Result<void> ended;
};

// Asked by work in the background before each piece of it; lives on the background shard.
class Pace {
 public:
  virtual ~Pace() = default;
  // Waits until `bytes` may be read and written; false where the work is to stop.
  virtual io::Task<bool> admit(std::uint64_t bytes) = 0;
};

// What requests have waited for disks, since the start.
struct DiskWaits {
  std::uint64_t operations = 0;
  std::uint64_t nanoseconds = 0;
};

struct PathStats {
  PathId id;
  std::filesystem::path path;
  std::string pool;
  PoolClass pool_class = PoolClass::kFlash;
  PathStatus status = PathStatus::kOnline;
  std::string problem;  // why it is missing, or how it failed
  std::uint64_t extent_bytes = 0;
  std::uint64_t extents_open = 0;
  std::uint64_t extents_sealed = 0;
  std::uint64_t extents_free = 0;
  std::uint64_t extents_dead = 0;  // of the sealed: nothing lives in them, they are recycled next
  std::uint64_t live_bytes = 0;    // in frames that rows name; complete once `accounted`
  std::uint64_t dead_bytes = 0;    // of sealed extents: what no row names, gaps included
  std::uint64_t free_bytes = 0;    // of extents that wait to be used again
  std::uint64_t available_bytes = 0;
  std::uint64_t capacity_bytes = 0;  // of the path's file system
  bool accounted = false;
  bool writable = true;  // online
};

class LocalChunkStore : public ChunkStore {
 public:
  // Checks every path's superblock (formats an empty directory), looks for evidence of commits
  // later than the metadata recovered, and starts the accounting of live bytes and the reclaiming
  // of dead extents on `background`. `shards` are all that will call it, by index. A registered
  // path whose superblock is not there is missing: its chunks answer kServerBusy, and it is looked
  // for until it is back. Errors: a path that is foreign, in use, of a newer format or not as
  // registered (left untouched); lost commits.
  static Result<std::unique_ptr<LocalChunkStore>> open(const ChunkStoreOptions& options,
                                                       LocalMetaStore& meta, io::FileSystem& files,
                                                       std::vector<io::Shard*> shards,
                                                       io::Shard& background,
                                                       io::BlockingPool& blocking,
                                                       const Clock& clock);

  // --- an operator's changes: on the background shard, durable on completion, ended before
  // `close`. Errors are for him: the reason is in `detail`. kInvalidInput where it cannot be done,
  // kServerBusy where it can be later. Directories are those of `stats`. --- Makes an empty
  // directory (or one that does not exist) a path of a configured pool. Where the configuration
  // does not name it at the next start, it is opened all the same.
  virtual io::Task<Result<void>> add_path(std::string pool, std::filesystem::path directory) = 0;
  // No new bytes go there from here on; writes that have begun end. Refused where no other path
  // takes writes. Moving off what lies there is another's work.
  virtual io::Task<Result<void>> drain_path(std::filesystem::path directory) = 0;
  // The same without an aim. Takes the place of draining.
  virtual io::Task<Result<void>> set_read_only(std::filesystem::path directory) = 0;
  // Online again, from read-only, draining or failed.
  virtual io::Task<Result<void>> resume_path(std::filesystem::path directory) = 0;
  // Gives up a draining path on which nothing lies: its rows go, its superblock says so, and no
  // later start asks for it. One that is missing too, so that a dead disk can be taken out of the
  // books.
  virtual io::Task<Result<void>> retire_path(std::filesystem::path directory) = 0;
  // Any thread, before `close`: a change that looks at every chunk's row ends soon, undecided.
  virtual void abandon_changes() = 0;

  // --- moving, on the background shard; never two moves at once ---
  // Notes in the index what has been read since the last call: once an hour and chunk at most.
  virtual io::Task<Result<void>> note_uses() = 0;
  // Up to `limit` chunks of a path, the coldest first, from behind `after` on. Costs what it
  // yields.
  virtual io::Task<Result<std::vector<ColdChunk>>> coldest(PathId path, std::size_t limit,
                                                           std::optional<ColdChunk> after) = 0;
  // Chunks on paths of slow disks that were read at least `reads` times in this hour (each GET of
  // a part of it counts as one), as the index has them; each is told once.
  virtual io::Task<Result<std::vector<ColdChunk>>> reread(unsigned reads) = 0;
  // Copies the chunks off the paths that are named with them, checks every byte, makes the copies
  // durable and swaps the places in one transaction a batch; the old place is dead after that, and
  // used again after its last reader. A crash at any moment leaves each chunk in one place.
  virtual io::Task<MoveOutcome> move(std::vector<ColdChunk> chunks, MoveTarget target,
                                     Pace& pace) = 0;
  virtual DiskWaits foreground_waits() const = 0;  // any thread
  // Empties the sparsest sealed extent of a path of which at most `most_live` (0 to 1) lives, into
  // others of its pool. Nothing where there is none.
  virtual io::Task<std::optional<MoveOutcome>> compact(PathId path, double most_live,
                                                       Pace& pace) = 0;

  // Ends background work and closes the files. All writes and reads must have ended.
  virtual void close() = 0;
  // Has the free space looked at again, at most once a second, for the next call to tell.
  virtual std::vector<PathStats> stats() const = 0;
  // Any thread, as the next.
  virtual ScrubStatus scrub_status() const = 0;
  // Begins a pass over everything at once, at the full rate, whether scrub is enabled or not; one
  // that runs is begun anew.
  virtual void start_scrub() = 0;
};

}  // namespace lapis::storage
