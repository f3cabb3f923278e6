// The rows of one blob's name as a transaction or a snapshot sees them, and the rules of writing
// over them. Plain functions: they run inside transactions and are tested without threads.
#pragma once

#include <optional>
#include <string_view>

#include "blob/lease.h"
#include "blob/records.h"
#include "lapis/blob/absent_blob.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/protection.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

struct BlobRows {
  std::optional<BlobRecord> blob;  // committed
  std::optional<UploadRecord> upload;
  std::optional<BlobRecord> root;  // where there is no blob but states that are past
};

// The row that counts the name's past states; null where it has none.
inline BlobProperties* holder_of(BlobRows& rows) {
  if (rows.blob) return &rows.blob->properties;
  return rows.root ? &rows.root->properties : nullptr;
}
inline const BlobProperties* holder_of(const BlobRows& rows) {
  return holder_of(const_cast<BlobRows&>(rows));
}

// What stands for the number of a deletion in the state of a container that is kept after it
// (kept_containers.h). None that is drawn comes up to it.
inline constexpr std::uint64_t kKept = ~std::uint64_t{0};

// Whether what it holds is the sweeper's.
inline bool is_ended(const ContainerState& state) {
  return state.deleted != 0 && state.deleted != kKept;
}

// For what goes on in the background, in containers that are kept as well. Errors:
// kContainerNotFound where the sweeper empties it, or has.
template <class View>  // MetaView or MetaSnapshot
Result<ContainerState> read_content(View& view, ContainerId container) {
  LAPIS_TRY(const auto row, view.get(container_state_key(container)));
  if (!row) return fail(ErrorCode::kContainerNotFound);
  LAPIS_TRY(const ContainerState state, decode_container_state(*row));
  if (is_ended(state)) return fail(ErrorCode::kContainerNotFound);
  return state;
}

// Errors: kContainerNotFound where the container was deleted since it was looked up. Read in every
// transaction of a request, so that none lands in a container that the sweeper empties or that is
// to come back as it was deleted.
template <class View>
Result<ContainerState> read_live(View& view, ContainerId container) {
  LAPIS_TRY(const ContainerState state, read_content(view, container));
  if (state.deleted != 0) return fail(ErrorCode::kContainerNotFound);
  return state;
}
template <class View>
Result<void> check_live(View& view, ContainerId container) {
  LAPIS_TRY_VOID(read_live(view, container));
  return {};
}

template <class View>
Result<std::optional<UploadRecord>> read_upload(View& view, ContainerId container,
                                                std::string_view name) {
  LAPIS_TRY(const auto row, view.get(upload_key(container, name)));
  if (!row) return std::nullopt;
  return decode_upload(*row);
}

// A row of table 22 that is no upload's.
inline Result<BlobRecord> decode_state(NameRow kind, std::string_view row) {
  return kind == NameRow::kRoot ? decode_root(row) : decode_blob(row);
}

// A past state of the blob.
template <class View>
Result<std::optional<BlobRecord>> read_past(View& view, ContainerId container,
                                            std::string_view name, Timestamp time) {
  LAPIS_TRY(const auto row, view.get(past_key(container, name, time)));
  if (!row) return std::nullopt;
  return decode_blob(*row);
}

// All of them. The root is looked for only where the container ever had one.
template <class View>
Result<BlobRows> read_rows_in(View& view, ContainerId container, const ContainerState& state,
                              std::string_view name) {
  BlobRows rows;
  LAPIS_TRY(rows.upload, read_upload(view, container, name));
  LAPIS_TRY(const auto row, view.get(blob_key(container, name)));
  if (row) {
    LAPIS_TRY(rows.blob, decode_blob(*row));
  } else if (state.has_roots) {
    LAPIS_TRY(const auto root, view.get(root_key(container, name)));
    if (root) {
      LAPIS_TRY(rows.root, decode_root(*root));
    }
  }
  return rows;
}

// Likewise, of a live container.
template <class View>
Result<BlobRows> read_blob_rows(View& view, ContainerId container, std::string_view name) {
  LAPIS_TRY(const ContainerState state, read_live(view, container));
  return read_rows_in(view, container, state, name);
}

// Whether a copy is under way that is to make the blob's content (pending_state.h). Nothing may
// write to it until then.
inline bool is_pending(const BlobProperties& properties) {
  return properties.copy && properties.copy->status == CopyStatus::kPending;
}

// Errors: kPendingCopyOperation.
Result<void> check_no_copy(const BlobProperties& properties);

// Whether incremental copies make the blob: nothing else writes to it, or reads its content, which
// is for its snapshots to show. What it was once is read as any past state.
inline bool is_incremental_copy(const BlobProperties& properties) {
  return properties.copy && properties.copy->incremental && !is_past(properties);
}

// Errors: kOperationNotAllowedOnIncrementalCopyBlob.
Result<void> check_content(const BlobProperties& properties);
// Likewise, and those of check_no_copy: of what is written to, or copied in the store.
Result<void> check_writable(const BlobProperties& properties);

// Whether a name without a blob shows by its versions.
inline bool has_versions(const BlobProperties& holder) {
  return holder.versions != 0 || holder.deleted_versions != 0;
}

// Whether a blob of another type may not take the name, for what it would have beside it. A
// soft-deleted snapshot of another type does not come back (undelete_blob.cc).
bool keeps_type(const BlobProperties& holder);

// A write that makes the blob anew. Checks come in the protocol's order: overwriting at all, type,
// archive, lease, a pending copy, conditions.
struct Replacement {
  bool may_overwrite = true;
  bool same_type = false;  // what is replaced must be of the type that is made, in any case
  const std::optional<LeaseId>& lease;
  const Conditions& conditions;
  // Of what is made; nothing where it is not known yet (keeps_type).
  std::optional<BlobType> type = BlobType::kBlock;
  bool endless_leases_only = false;  // an active lease must have no end
  AbsentBlob absent = {};
};
// `existing` is null where there is no committed blob; `staged`: whether there are, or can be,
// blocks that are not committed. Errors: kUnauthorizedBlobOverwrite, kInvalidBlobType,
// kBlobArchived, lease, kInfiniteLeaseDurationRequired, kPendingCopyOperation,
// kOperationNotAllowedOnIncrementalCopyBlob, conditions.
Result<void> check_replace(const Replacement& claim, const BlobRecord* existing, bool staged,
                           const ServiceClock& time);

// A committed blob, or a snapshot, that is changed, or taken (`use`: as it is read). Errors: lease,
// kPendingCopyOperation, kOperationNotAllowedOnIncrementalCopyBlob, conditions.
Result<void> check_change(LeaseUse use, const BlobProperties& properties,
                          const std::optional<LeaseId>& lease, const Conditions& conditions,
                          const ServiceClock& time);

// As a change of the blob marks its properties: a new ETag and date, which never goes back, and a
// lease that has ended is gone.
void touch(BlobProperties& properties, Etag etag, Timestamp now, const ServiceClock& time);

// Blocks staged beside `existing`, or listed (`use`). Errors: kInvalidBlobType, kBlobArchived,
// lease, kPendingCopyOperation (staged).
Result<void> check_blocks(LeaseUse use, const std::optional<LeaseId>& lease,
                          const BlobRecord* existing, const ServiceClock& time);

// The properties of a blob made now. Last-Modified never goes back, whatever the clock does. Where
// the request names no tier the replaced blob's is inherited, by a block blob: others have none. A
// lease stays while it lasts.
struct NewBlob {
  Timestamp now;
  BlobType type = BlobType::kBlock;
  std::uint32_t append_blocks = 0;  // of the append blob that it is a copy of
  bool sealed = false;
  std::optional<AccessTier> tier;
  bool keeps_creation_time = false;
  bool keeps_last_access = false;  // where it is a block blob
  HttpProperties http;
  Metadata metadata;
  Tags tags;  // to be indexed by who writes the row (tag_index.h)
  std::uint64_t content_length = 0;
  // That makes it, and is completed by that, unless it is pending.
  std::optional<CopyProperties> copy = {};
  Protection protection = {};
};
// The counts of past states go with it, and what becomes of the replaced blob is past_states.h's.
BlobProperties make_properties(NewBlob made, Etag etag, const BlobRecord* replaced,
                               const ServiceClock& time);

// What `from` counts of past states, to a row that takes its place.
void take_counts(BlobProperties& to, const BlobProperties& from);

}  // namespace lapis::blob
