// Scrub: every chunk at rest is verified once a period, past the page cache. What it is asked to
// do, what it tells of itself, and what was found damaged, by it or by a read.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "lapis/storage/chunk_store.h"

namespace lapis::storage {

struct ScrubOptions {
  bool enabled = false;  // false: passes run only when asked for
  // A pass begins this long after the one before began, and is spread over most of it.
  std::chrono::milliseconds period = std::chrono::hours(14 * 24);
  std::uint64_t rate = 64ull << 20;     // bytes a second at most, even where the period is missed
  std::uint64_t min_rate = 1ull << 20;  // and at least: a small store is done in a while
};

struct ScrubPass {
  Timestamp started;
  std::optional<Timestamp> completed = std::nullopt;
  std::uint64_t chunks = 0;  // verified
  std::uint64_t bytes = 0;   // read for it
  std::uint64_t damaged = 0;
  std::uint64_t skipped = 0;  // places on paths that are not there
};

struct ScrubStatus {
  ScrubOptions options;
  std::optional<ScrubPass> running;
  std::optional<ScrubPass> last;  // that was completed
  std::optional<Timestamp> next;  // when the next one begins; none where none will by itself
  ChunkId position;               // chunks below it are done in this pass
  std::uint64_t rate = 0;         // bytes a second that the pass runs at
  std::uint64_t wanted_rate = 0;  // and that would meet the period: more, where it is behind
  std::uint64_t bytes_left = 0;   // about
  bool at_full_rate = false;      // asked for by hand

  // Since the start of the process.
  std::uint64_t chunks_verified = 0;
  std::uint64_t bytes_verified = 0;
  std::uint64_t chunks_skipped = 0;
  std::uint64_t damage_found = 0;  // times that a chunk was found damaged and recorded

  std::uint64_t damaged_chunks = 0;  // that are recorded now
};

// Part of a chunk.
struct ChunkRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const ChunkRange&, const ChunkRange&) = default;
};

enum class DamageFinder : std::uint8_t { kScrub, kRead };

struct DamagedChunk {
  ChunkId chunk;
  Timestamp found;  // first
  DamageFinder finder = DamageFinder::kScrub;
  PathId path;
  ExtentId extent;
  std::uint64_t frame_offset = 0;
  // Whole units. None where the bytes are what they were and only the frame around them is damaged:
  // then readers are not affected.
  std::vector<ChunkRange> bad;
  std::optional<ChunkOwner> owner;  // as the frame says; none where it cannot be told
  std::string seen;                 // in words
};

// The damaged chunks from `from` on, `limit` at most, by id. Blocks.
Result<std::vector<DamagedChunk>> list_damaged(MetaStore& meta, ChunkId from, std::size_t limit);

// Whether damage of the chunk is known.
io::Task<Result<bool>> is_damaged(MetaStore& meta, ChunkId chunk);

}  // namespace lapis::storage
