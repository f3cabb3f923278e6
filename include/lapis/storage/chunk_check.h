// The chunk store checked against its rows, both ways: every place that a row names holds that
// chunk's frame, no two rows share a place, and every extent file is one that a row knows. It reads
// only. Works beside a running store, too: what looks wrong there is looked at again in the rows as
// they are by then, because a place that a row still names cannot have been used for anything else.
//
// Memory: about 100 bytes an extent, and 32 bytes for each of `batch` places at a time; the rows
// are scanned once for each batch (docs/decisions/0019-fsck.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/storage/findings.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

struct ChunkCheck {
  MetaSnapshot& snapshot;
  Guid store;
  io::FileSystem& files;
  io::Shard& shard;  // reads the extents; not the calling thread's
  // Beside a running store: its rows as they are at the time of the call. None: nothing changes.
  std::function<std::unique_ptr<MetaSnapshot>()> now = {};
  // Frames that know a later commit than this one of `epoch` prove that the metadata lost some.
  std::optional<Sequence> last_commit = {};
  std::uint64_t epoch = 0;
  // Where paths may be found beside where their rows say: by their superblocks.
  std::vector<std::filesystem::path> directories = {};
  bool deep = false;  // read every payload and its checksums
  std::function<bool()> is_cancelled = {};
  std::size_t batch = 2u << 20;
};

struct ChunkCheckStats {
  std::uint64_t chunks = 0;
  std::uint64_t paths = 0;
  std::uint64_t extents = 0;
  std::uint64_t live_frames = 0;
  std::uint64_t live_bytes = 0;
  std::uint64_t dead_frames = 0;  // that no row names: they wait to be reclaimed, or are being made
  std::uint64_t dead_bytes = 0;
  std::uint64_t verified_bytes = 0;  // of payloads, by their checksums
  std::uint64_t unfinished_extents =
      0;  // files of creations that were cut off: the next start's to remove
  std::uint64_t unchecked_places = 0;  // on paths that are not there
};

// Blocks; not on a shard. Errors: rows that cannot be read, kOperationTimedOut where it was
// cancelled.
Result<ChunkCheckStats> check_chunks(const ChunkCheck& check, const FindingSink& found);

// The chunk rows in order, as far as their users are concerned.
class ChunkRowScan {
 public:
  struct Row {
    ChunkId id;
    std::uint64_t length = 0;
    std::uint64_t references = 0;  // how many users it is there for; 0: the row is damaged
  };

  // Rows of [first, end); no end: all. The snapshot outlives it.
  ChunkRowScan(MetaSnapshot& snapshot, ChunkId first, std::optional<ChunkId> end);
  // Nothing at the end.
  Result<std::optional<Row>> next();

 private:
  std::unique_ptr<MetaCursor> cursor_;
};

}  // namespace lapis::storage
