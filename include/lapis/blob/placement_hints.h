// Placement hints: a blob's access tier is its owner's word, and asks for where its chunks lie:
// those of Cool, Cold and Archive blobs go down to slow disks first. Chunks that are written with
// their blob have the right rank from the start. A change of tier, and a block list over blocks
// that were staged before anybody named one, only queues the blob: it may have any number of
// chunks.
#pragma once

#include <atomic>
#include <cstdint>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"

namespace lapis::blob {

struct HintStats {
  std::uint64_t blobs = 0;
  std::uint64_t chunks = 0;  // that were given the rank of their blob's tier
};

// Gives the chunks of every blob that is queued the rank that its tier asks for now, in small
// transactions. May be interrupted anywhere and done again. On the shard of the reclaimer, and
// never while that runs: what it walks must not be freed meanwhile. Ends soon after `stopping` is
// set. Errors: the store's; the blob at hand stays queued.
io::Task<Result<HintStats>> apply_placement_hints(Service& service,
                                                  const std::atomic<bool>& stopping);

}  // namespace lapis::blob
