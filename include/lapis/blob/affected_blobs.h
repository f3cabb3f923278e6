// Whose bytes are damaged: the blobs and ranges, as they are now, that chunks found damaged belong
// to. For operators; nothing a client asks for leads here.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"
#include "lapis/storage/scrub.h"

namespace lapis::blob {

struct AffectedRange {
  ChunkId chunk;
  BlobKey blob;       // of a container that is kept after its deletion: named with its version
  std::string block;  // of a block that is staged and not committed: its id
  std::uint64_t offset = 0;  // in the blob; in the block, of a staged one
  std::uint64_t length = 0;  // 0: the chunk's bytes are whole, only the frame around them is not
};

// Looks first among the blobs of the name that the frame was written for, and through all
// containers for a chunk that is not found there, or whose body others may hold too: copies of
// other names and containers. A chunk that no blob names any more, because it
// waits to be released, has no range. Walks rows in bounded batches on the blocking pool. Errors:
// those of reading; kServerBusy soon after `stopping` is set. Rows that are damaged themselves are
// passed over. Ends at kMostAffected ranges: a blob may name one block fifty thousand times.
inline constexpr std::size_t kMostAffected = 10'000;
io::Task<Result<std::vector<AffectedRange>>> find_affected(
    Service& service, std::vector<storage::DamagedChunk> damaged,
    const std::atomic<bool>& stopping);

}  // namespace lapis::blob
