// The past states of a name: what becomes of a blob that is written over or deleted, and of what
// was soft-deleted. Each is a row of its own, under its time: a snapshot, a previous version, or a
// soft-deleted one of either. The row that holds the name (the base blob's, or the root where there
// is none) counts them and has a stamp that differs after every change to the set of them, so that
// what was listed outside a transaction is validated inside by one number. A soft-deleted base blob
// is the root itself. (docs/decisions/0027-past-states.md)
//
// No body moves: a row goes from one key to another. All of it inside transactions of the
// container.
#pragma once

#include <string_view>

#include "blob/blob_rows.h"
#include "blob/keeping.h"

namespace lapis::blob {

// The name that an operation is about, when it takes place, and what is kept there.
struct NamedAt {
  ContainerId container;
  std::string_view name;
  Timestamp now;
  Keeping keeping;
};

// Whether a base blob becomes a version, or anything, when it is written over: one that has an id,
// or that is protected (immutability.h), does, though its account makes no more of them.
bool becomes_version(const BlobProperties& base, const Keeping& keeping);
bool outlives(const BlobProperties& base, const Keeping& keeping);

// A time that no past state of the name ever had.
Timestamp next_time(BlobProperties& holder, Timestamp not_before);

// `made`, which continues the counts of the blob that it replaces, takes the place of what the name
// had. Returns whether the old body is a past state's now; else it is the caller's to drop. Does
// not write the row of `made`. Errors: kInvalidBlobType where what is kept is of another type.
Result<bool> succeed(storage::MetaView& view, const NamedAt& at, BlobRows& rows,
                     BlobProperties& made);

// `base` as it is becomes a past state, counted in `holder`, which may be its own properties.
Result<void> keep(storage::MetaView& view, const NamedAt& at, const BlobRecord& base,
                  BlobProperties& holder);

// The base blob goes: becomes a version, or the soft-deleted root, or is no more. Tags and
// uncommitted blocks are the caller's. Returns whether nothing of it is kept.
Result<bool> delete_base(storage::MetaView& view, const NamedAt& at, BlobRows& rows);

// A past state, not soft-deleted so far, is; or goes where nothing is kept. Counted in `holder`,
// whose row is the caller's to write (write_holder), as of the three that follow.
Result<void> delete_past(storage::MetaView& view, const NamedAt& at, Timestamp time,
                         BlobRecord past, BlobProperties& holder);
// It goes for good, soft-deleted or not.
Result<void> erase_past(storage::MetaView& view, const NamedAt& at, Timestamp time, BlobRecord past,
                        BlobProperties& holder);
// Likewise the soft-deleted blob: the root counts only, from then on.
Result<void> erase_root(storage::MetaView& view, const NamedAt& at, BlobRecord& root);
// It is soft-deleted no more.
void restore_past(storage::MetaView& view, const NamedAt& at, Timestamp time, BlobRecord past,
                  BlobProperties& holder);
// The soft-deleted root becomes the base blob, which is written.
void restore_base(storage::MetaView& view, const NamedAt& at, BlobRows& rows);

// The properties of a snapshot of a blob as it is: leases, counts and protection are not of it.
BlobProperties snapshot_of(const BlobProperties& blob, Timestamp time);

// Writes the row that counts; the root goes where it counts nothing and is nothing.
Result<void> write_holder(storage::MetaView& view, const NamedAt& at, const BlobRows& rows);

}  // namespace lapis::blob
