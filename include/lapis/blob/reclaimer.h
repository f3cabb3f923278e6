// Reclaimer: frees, in the background and in small transactions, what foreground operations left
// behind in one write: replaced and deleted blobs, discarded uploads, deleted containers, and
// uncommitted blocks a week after the last successful block write, and what is soft-deleted after
// its retention. Everything it does can be interrupted at any point and done again.
//
// It never frees what a running read may still walk: an entry waits until every read that began
// before the entry was known has ended (read_epochs.h). A slow reader holds back only what was
// replaced after it began.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"

namespace lapis::blob {

struct ReclaimStats {
  std::uint64_t released_entries = 0;
  std::uint64_t released_chunks = 0;
  std::uint64_t expired_uploads = 0;
  std::uint64_t swept_rows = 0;  // of deleted containers
  std::uint64_t expired_deletions = 0;
};

// How many entries wait to be released, looking at `limit` at most; 0 where that cannot be read.
// Blocks.
std::uint64_t count_release_entries(storage::MetaStore& meta, std::uint64_t limit);

// Lives on one (background) shard; one pass at a time. Uses a Service of that shard, which shares
// its ReadEpochs with all others.
class Reclaimer {
 public:
  explicit Reclaimer(Service& service);
  // One pass over everything that waits; completes when nothing was left at its start but what
  // running reads hold back. Writes nothing where nothing waits.
  io::Task<Result<ReclaimStats>> run_once();
  // One pass over uploads, expiring those whose last block write is older than a week. Their blocks
  // are freed by the next `run_once`.
  io::Task<Result<ReclaimStats>> expire_uploads();
  // One pass over what is soft-deleted and was kept as long as it had to. Its bodies are freed by
  // the next `run_once`. Ends soon after `stopping` is set. Errors: kInsufficientStorage, where the
  // rest went but a nearly full disk did not take all.
  io::Task<Result<ReclaimStats>> expire_deletions(const std::atomic<bool>& stopping);
  ReclaimStats totals() const { return totals_; }

 private:
  // Entries numbered below `entries_below` are free once all reads of epochs before `epoch` ended.
  struct Mark {
    std::uint64_t epoch;
    std::uint64_t entries_below;
  };

  io::Task<Result<void>> add_mark();
  std::uint64_t free_below();
  void count(const ReclaimStats& pass);

  Service& service_;
  ReclaimStats totals_;
  std::deque<Mark> marks_;  // oldest first, a bounded number
  std::uint64_t free_below_ = 0;
};

}  // namespace lapis::blob
