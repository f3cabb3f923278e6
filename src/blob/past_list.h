// The past states of a name, listed. The row that holds the name counts them, so that it is known
// without a scan whether there are any; which there are is read outside the transaction that needs
// it, and held against that row's stamp inside.
#pragma once

#include <string_view>
#include <vector>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

enum class PastKind : std::uint8_t {
  kSnapshots,  // that are not deleted
  kDeleted,    // soft-deleted snapshots and versions
};

struct PastList {
  std::vector<Timestamp> times;                // oldest first
  std::uint64_t changes = 0;                   // the stamp of the row that held the name then
  std::vector<BlobProperties> protected_ones;  // those that bear a policy or a hold
};

// Blocks on the disk: for the blocking pool.
Result<PastList> find_past(storage::MetaSnapshot& snapshot, ContainerId container,
                           std::string_view name, PastKind kind);

// Whether these are all snapshots still that `holder` counts.
bool are_all(const PastList& snapshots, const BlobProperties& holder);

}  // namespace lapis::blob
