// Reclaimer: frees, in the background and in small transactions, what foreground operations left
// behind in one write: replaced and deleted blobs, discarded uploads, deleted containers, and
// uncommitted blocks a week after the last successful block write. Everything it does can be
// interrupted at any point and done again.
#pragma once

#include <chrono>
#include <cstdint>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"

namespace lapis::blob {

struct ReclaimStats {
  std::uint64_t released_entries = 0;
  std::uint64_t released_chunks = 0;
  std::uint64_t expired_uploads = 0;
  std::uint64_t swept_rows = 0;  // of deleted containers
};

// Lives on one (background) shard. Uses a Service of that shard.
class Reclaimer {
 public:
  explicit Reclaimer(Service& service);
  // One pass over everything that waits; completes when nothing was left at its start.
  io::Task<Result<ReclaimStats>> run_once();
  // One pass over uploads, expiring those whose last block write is older than a week.
  io::Task<Result<ReclaimStats>> expire_uploads();
  ReclaimStats totals() const { return totals_; }

 private:
  Service& service_;
  ReclaimStats totals_;
};

}  // namespace lapis::blob
