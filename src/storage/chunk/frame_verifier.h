// FrameVerifier: reads a chunk's frame where its row says it lies, past the page cache and at a
// given rate, and checks all of it.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "lapis/io/file.h"
#include "lapis/io/task.h"
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
      : context_(context), paths_(paths) {}

  // Bytes a second from here on.
  void set_rate(std::uint64_t rate) { rate_ = rate; }
  // Any thread: `verify` ends soon, without an outcome.
  void stop() { stopping_.store(true); }
  // Closes the file it read last.
  void forget_file() { file_.reset(); }

  // What is found damaged was read twice. No pin is held while it rests.
  io::Task<Verdict> verify(ChunkId chunk, const ChunkRow& row, Place place);

 private:
  struct Held;

  io::Task<Verdict> verify_once(ChunkId chunk, const ChunkRow& row, Place place);
  std::optional<Verdict> hold(const ChunkRow& row, Place place, Held& held) const;
  io::Task<Result<void>> open_file(const std::filesystem::path& directory, Place place);
  io::Task<void> read_step(FrameCheck& check, Place place, MutableBytes into);
  io::Task<bool> rest(std::uint64_t bytes);

  const StoreContext& context_;
  const PathSet& paths_;
  ScrubPace pace_;
  std::uint64_t rate_ = 64ull << 20;
  std::atomic<bool> stopping_ = false;

  std::unique_ptr<io::File> file_;  // of the extent that was read last
  PathId file_path_;
  ExtentId file_extent_;
};

}  // namespace lapis::storage
