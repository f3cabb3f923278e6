// Committing a block list, in two steps: what is long is prepared from a snapshot, outside any
// transaction; the transaction then only makes sure, by one ETag and one stamp, that what was
// prepared is still true, and writes it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "blob/blob_rows.h"
#include "blob/block_list_resolution.h"
#include "blob/block_map.h"
#include "blob/past_states.h"
#include "lapis/blob/ops/put_block_list.h"

namespace lapis::blob {

struct PreparedCommit {
  // What it was prepared from.
  std::optional<Etag> blob;
  BodyId body;         // the old blob's
  SharedBody sharing;  // and how it was shared
  std::optional<UploadRecord> upload;
  BlockIndex staged;

  BlockMapPlan plan;
  // Of the old blob, where some of it is committed again: the blocks and segments that are not.
  // Else all of it goes.
  bool keeps_some = false;
  bool outlives = false;       // it becomes a past state (past_states.h)
  std::vector<Block> kept;     // blocks of the old blob, where other rows go on holding them too
  std::vector<Block> dropped;  // these, and staged blocks that the list does not name
  std::vector<SegmentId> emptied;
};

// Blocks on the disk: for the blocking pool. Errors: all of Put Block List.
Result<std::unique_ptr<PreparedCommit>> prepare_commit(storage::MetaSnapshot& snapshot,
                                                       const NamedAt& at,
                                                       const PutBlockList& request,
                                                       const ServiceClock& time);

// Whether the rows are those that the commit was prepared from.
Result<bool> still_true(storage::MetaView& view, const NamedAt& at, const PreparedCommit& prepared,
                        const BlobRows& rows);

// What a request claims about the blob that it replaces.
Replacement claim_of(const PutBlockList& request);

// Writes the prepared commit over `rows`, for which it is still true, and returns the blob's
// properties.
Result<BlobProperties> write_commit(storage::MetaView& view, const NamedAt& at,
                                    const PutBlockList& request, const PreparedCommit& prepared,
                                    BlobRows rows, const ServiceClock& time);

}  // namespace lapis::blob
