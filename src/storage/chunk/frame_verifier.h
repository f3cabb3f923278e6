// FrameVerifier: reads a chunk's frame where its row says it lies, past the page cache and at a
// given rate, and checks all of it.
#pragma once

#include <atomic>
#include <optional>

#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/extent_source.h"
#include "storage/chunk/frame_check.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/scrub_pace.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the background shard; one `verify` at a time.
class FrameVerifier {
 public:
  enum class Outcome : std::uint8_t {
    kWhole,
    kDamaged,
    kMoved,   // the extent has been used anew: the row must say something else now
    kNoPath,  // its path is missing: nothing can be said
    kBusy,    // no memory or no thread now: to be tried again
    kStopped,
  };
  struct Verdict {
    Outcome outcome = Outcome::kStopped;
    FrameFindings findings;
    std::uint64_t bytes = 0;  // read
  };

  FrameVerifier(const StoreContext& context, const PathSet& paths)
      : context_(context), paths_(paths), files_(context, paths) {}

  // Bytes a second from here on.
  void set_rate(std::uint64_t rate) { rate_ = rate; }
  // Any thread: `verify` ends soon, without an outcome.
  void stop() { stopping_.store(true); }
  // Closes the files it has read.
  void close_files() { files_.clear(); }

  // What is found damaged was read twice. No pin is held while it rests.
  io::Task<Verdict> verify(ChunkId chunk, const ChunkRow& row, Place place);

 private:
  io::Task<Verdict> verify_once(ChunkId chunk, const ChunkRow& row, Place place);
  std::optional<Verdict> hold(const ChunkRow& row, Place place, ExtentPin& pin) const;
  io::Task<void> read_step(io::File& file, FrameCheck& check, Place place, MutableBytes into);
  io::Task<bool> rest(std::uint64_t bytes);

  const StoreContext& context_;
  const PathSet& paths_;
  ExtentSource files_;
  ScrubPace pace_;
  std::uint64_t rate_ = 64ull << 20;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::storage
