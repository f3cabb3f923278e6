// The snapshots of a blob, as rows. The blob's own row counts them, so that it is known without a
// scan whether there are any; which there are is read outside the transaction that needs it, and
// held against that count inside.
#pragma once

#include <string_view>
#include <vector>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Their times, oldest first. Blocks on the disk: for the blocking pool.
Result<std::vector<Timestamp>> find_snapshots(storage::MetaSnapshot& snapshot,
                                              ContainerId container, std::string_view name);

// Whether the blob of these properties has just those snapshots.
Result<bool> are_snapshots(storage::MetaView& view, ContainerId container, std::string_view name,
                           const std::vector<Timestamp>& times, const BlobProperties& blob);

// Takes them away, which are there, and writes the blob's row again with the count that is left.
Result<void> erase_snapshots(storage::MetaView& view, ContainerId container, std::string_view name,
                             const std::vector<Timestamp>& times, BlobRecord& blob);

}  // namespace lapis::blob
