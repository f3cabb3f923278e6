#include "blob/blob_rows.h"

#include <algorithm>

#include "blob/lease.h"

namespace lapis::blob {
namespace {

bool is_archived(const BlobRecord& blob) { return blob.properties.tier == AccessTier::kArchive; }

}  // namespace

Result<void> check_replace(const Replacement& claim, const BlobRecord* existing) {
  if (existing == nullptr) {
    LAPIS_TRY_VOID(check_blob_lease(claim.lease));
    return check_write(claim.conditions, nullptr, true);
  }
  const BlobProperties& properties = existing->properties;
  if (!claim.may_overwrite) return fail(ErrorCode::kUnauthorizedBlobOverwrite);
  if (claim.block_blobs_only && properties.type != BlobType::kBlock) {
    return fail(ErrorCode::kInvalidBlobType);
  }
  if (is_archived(*existing)) return fail(ErrorCode::kBlobArchived);
  LAPIS_TRY_VOID(check_blob_lease(claim.lease));
  const ConditionTarget target{properties.etag, properties.last_modified};
  return check_write(claim.conditions, &target, true);
}

Result<void> check_stage(const std::optional<LeaseId>& lease, const BlobRecord* existing) {
  if (existing != nullptr) {
    if (existing->properties.type != BlobType::kBlock) return fail(ErrorCode::kInvalidBlobType);
    if (is_archived(*existing)) return fail(ErrorCode::kBlobArchived);
  }
  return check_blob_lease(lease);
}

BlobProperties make_properties(NewBlob made, Etag etag, const BlobRecord* replaced) {
  BlobProperties properties;
  properties.etag = etag;
  properties.last_modified = made.now;
  properties.content_length = made.content_length;
  properties.http = std::move(made.http);
  properties.metadata = std::move(made.metadata);
  if (replaced != nullptr) {
    const BlobProperties& old = replaced->properties;
    properties.last_modified = std::max(made.now, old.last_modified);
    properties.tier = old.tier;
    properties.tier_inferred = old.tier_inferred;
    properties.tier_changed = old.tier_changed;
    properties.snapshots = old.snapshots;
    properties.last_past = old.last_past;
  }
  properties.created = properties.last_modified;
  if (made.keeps_creation_time && replaced != nullptr) {
    properties.created = replaced->properties.created;
  }
  if (made.tier) {
    properties.tier = *made.tier;
    properties.tier_inferred = false;
    properties.tier_changed = properties.last_modified;
  }
  return properties;
}

}  // namespace lapis::blob
