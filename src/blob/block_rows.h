// The blocks of a blob as rows: staged ones of an upload, committed ones of a body.
#pragma once

#include <string_view>
#include <vector>

#include "blob/block_list_resolution.h"
#include "blob/block_map.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Every block staged in the upload, in the order of their ids. Blocks on the disk: for the blocking
// pool.
Result<void> read_staged(storage::MetaSnapshot& snapshot, ContainerId container, UploadId upload,
                         BlockIndex& into);

// The blocks of a body. Those in `segments` come first in its content; a block list's are all there
// or all in `direct`. Blocks on the disk.
struct CommittedBlocks {
  std::vector<Block> direct;
  std::vector<OldSegment> segments;
};
Result<CommittedBlocks> read_blocks(storage::MetaSnapshot& snapshot, ContainerId container,
                                    const Body& body);

// The same of a body that a block list made; none of any other.
Result<CommittedBlocks> read_committed(storage::MetaSnapshot& snapshot, ContainerId container,
                                       const Body& body);

// Takes the rows of an upload away, its own among them: the blocks have become a blob's, or are
// queued by the caller. One by one where they are few, else as one range.
void consume_upload(storage::MetaView& view, ContainerId container, std::string_view name,
                    UploadId upload, const BlockIndex& staged);

}  // namespace lapis::blob
