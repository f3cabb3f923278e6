// Admission: what a claimed directory goes through before it is used as a path, at the start or
// later: its extents are matched with their rows and looked at for evidence of lost commits, and
// only when that has been judged its superblock and rows are written.
#pragma once

#include <optional>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/extent_recovery.h"
#include "storage/chunk/lost_commits.h"
#include "storage/chunk/path_claims.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

struct Admission {
  PathClaim claim;
  std::optional<PathRow> row;    // as registered; from `occupy` on as it is to be
  ExtentRecovery::Rows extents;  // as registered
  RecoveredExtents recovered;

  // Of a path that is missing or has a superblock.
  PathId id() const { return claim.missing ? *claim.missing : claim.superblock->id; }
};

// A claim with the rows that there are for it.
Admission admission_of(PathClaim claim, const KnownRows& known);

// Looks at what lies there, on the background shard, and changes nothing. Evidence of commits that
// the metadata has lost is added to `lost`. Errors: those of listing.
io::Task<Result<void>> recover(const StoreContext& context, Admission& admission,
                               LostCommits& lost);

// Writes the superblock, with `new_id` where it has none, and removes what interrupted creations of
// extents have left. Of a missing path only the row is changed, to say since when it is away.
// Blocks.
Result<void> occupy(const StoreContext& context, Admission& admission, PathId new_id);

// The rows that follow, in one transaction.
void put_rows(MetaView& view, const Admission& admission);

}  // namespace lapis::storage
