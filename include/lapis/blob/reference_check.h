// The blob module's rows checked against the chunk rows, both ways: every chunk, segment and row of
// bytes that a blob, an upload or a segment names is there, none is named by two, and none is there
// that nothing names. It reads one snapshot, so beside a running service it sees one moment.
//
// What is queued to be freed (release entries, deleted containers, ended uploads) may name what is
// gone already: freeing goes on in small transactions, the name last. That is no finding.
//
// Memory: 40 bytes a segment, 32 for each of `batch` references at a time, and each container's
// name; the rows are scanned once for each batch (docs/decisions/0019-fsck.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "lapis/base/result.h"
#include "lapis/storage/chunk_check.h"
#include "lapis/storage/findings.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

struct ReferenceCheck {
  storage::MetaSnapshot& snapshot;
  std::function<bool()> is_cancelled = {};
  std::size_t batch = 2u << 20;
};

struct ReferenceStats {
  std::uint64_t containers = 0;
  std::uint64_t kept_containers = 0;     // after their deletion
  std::uint64_t deleted_containers = 0;  // that wait to be swept
  std::uint64_t blobs = 0;
  std::uint64_t uploads = 0;
  std::uint64_t staged_blocks = 0;
  std::uint64_t segments = 0;
  std::uint64_t short_blocks = 0;
  std::uint64_t release_entries = 0;
  std::uint64_t freed_already = 0;  // chunks that only a release entry still names
};

// Blocks. Errors: rows that cannot be read, kOperationTimedOut where it was cancelled.
Result<ReferenceStats> check_references(const ReferenceCheck& check,
                                        const storage::FindingSink& found);

// Who names chunks: a blob, or the upload of its uncommitted blocks.
struct ChunkUser {
  ChunkId chunk;
  std::string container;  // "account/container"; "#id" where it has no name any more
  std::string blob;
  bool is_uncommitted = false;
};
// One scan of the rows, whatever the number of chunks. Blocks. Errors: as above.
Result<void> find_users(const ReferenceCheck& check, const std::set<ChunkId>& chunks,
                        const std::function<void(ChunkUser)>& found);

}  // namespace lapis::blob
