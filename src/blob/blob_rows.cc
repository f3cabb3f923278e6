#include "blob/blob_rows.h"

#include <algorithm>

#include "blob/immutability.h"

namespace lapis::blob {
namespace {

bool is_archived(const BlobRecord& blob) { return blob.properties.tier == AccessTier::kArchive; }

Result<void> check_absent(const Replacement& claim, bool staged, const ServiceClock& time) {
  if (!claim.absent.takes_any_lease) {
    LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, std::nullopt, claim.lease, time));
  }
  const auto& match = claim.conditions.if_match;
  if (!match || !match->any || !staged || !claim.absent.staged_is_any) {
    return check_write(claim.conditions, nullptr, true);
  }
  Conditions others = claim.conditions;
  others.if_match.reset();
  return check_write(others, nullptr, true);
}

}  // namespace

Result<void> check_no_copy(const BlobProperties& properties) {
  if (is_pending(properties)) return fail(ErrorCode::kPendingCopyOperation);
  return {};
}

Result<void> check_content(const BlobProperties& properties) {
  if (!is_incremental_copy(properties)) return {};
  return fail(ErrorCode::kOperationNotAllowedOnIncrementalCopyBlob);
}

Result<void> check_writable(const BlobProperties& properties) {
  LAPIS_TRY_VOID(check_no_copy(properties));
  return check_content(properties);
}

bool keeps_type(const BlobProperties& holder) {
  return holder.snapshots != 0 || has_versions(holder);
}

Result<void> check_replace(const Replacement& claim, const BlobRecord* existing, bool staged,
                           const ServiceClock& time) {
  if (existing == nullptr) return check_absent(claim, staged, time);
  const BlobProperties& properties = existing->properties;
  if (!claim.may_overwrite) return fail(ErrorCode::kUnauthorizedBlobOverwrite);
  const bool is_other = claim.type && properties.type != *claim.type;
  // What has an id, or is protected, becomes a version.
  const bool is_bound = claim.same_type || keeps_type(properties) || properties.version ||
                        bears_protection(properties);
  if (is_other && is_bound) return fail(ErrorCode::kInvalidBlobType);
  if (is_archived(*existing)) return fail(ErrorCode::kBlobArchived);
  LAPIS_TRY_VOID(check_lease(LeaseUse::kWriteBlob, properties.lease, claim.lease, time));
  if (claim.endless_leases_only) {
    const LeaseView lease = lease_view(properties.lease, time);
    if (lease.is_locked() && !lease.endless) return fail(ErrorCode::kInfiniteLeaseDurationRequired);
  }
  LAPIS_TRY_VOID(check_writable(properties));
  const ConditionTarget target = target_of(properties);
  return check_write(claim.conditions, &target, true);
}

Result<void> check_change(LeaseUse use, const BlobProperties& properties,
                          const std::optional<LeaseId>& lease, const Conditions& conditions,
                          const ServiceClock& time) {
  LAPIS_TRY_VOID(check_lease(use, properties.lease, lease, time));
  LAPIS_TRY_VOID(check_writable(properties));
  const ConditionTarget target = target_of(properties);
  return check_write(conditions, &target, false);
}

void touch(BlobProperties& properties, Etag etag, Timestamp now, const ServiceClock& time) {
  properties.etag = etag;
  properties.last_modified = std::max(now, properties.last_modified);
  properties.lease = lease_after_write(properties.lease, time);
}

Result<void> check_blocks(LeaseUse use, const std::optional<LeaseId>& lease,
                          const BlobRecord* existing, const ServiceClock& time) {
  if (existing == nullptr) return check_lease(use, std::nullopt, lease, time);
  if (existing->properties.type != BlobType::kBlock) return fail(ErrorCode::kInvalidBlobType);
  if (is_archived(*existing)) return fail(ErrorCode::kBlobArchived);
  LAPIS_TRY_VOID(check_lease(use, existing->properties.lease, lease, time));
  if (use == LeaseUse::kReadBlob) return {};
  return check_no_copy(existing->properties);
}

void take_counts(BlobProperties& to, const BlobProperties& from) {
  to.snapshots = from.snapshots;
  to.versions = from.versions;
  to.deleted_snapshots = from.deleted_snapshots;
  to.deleted_versions = from.deleted_versions;
  to.last_past = from.last_past;
  to.past_changes = from.past_changes;
}

BlobProperties make_properties(NewBlob made, Etag etag, const BlobRecord* replaced,
                               const ServiceClock& time) {
  BlobProperties properties;
  properties.type = made.type;
  properties.append_blocks = made.append_blocks;
  properties.sealed = made.sealed;
  properties.etag = etag;
  properties.last_modified = made.now;
  properties.content_length = made.content_length;
  properties.http = std::move(made.http);
  properties.metadata = std::move(made.metadata);
  properties.copy = std::move(made.copy);
  properties.tags = std::move(made.tags);
  properties.immutability = made.protection.immutability;
  properties.legal_hold = made.protection.legal_hold;
  if (replaced != nullptr) {
    const BlobProperties& old = replaced->properties;
    properties.last_modified = std::max(made.now, old.last_modified);
    if (made.type == BlobType::kBlock) {
      properties.tier = old.tier;
      properties.tier_inferred = old.tier_inferred;
      properties.tier_changed = old.tier_changed;
    }
    take_counts(properties, old);
    properties.lease = lease_after_write(old.lease, time);
  }
  properties.created = properties.last_modified;
  if (made.keeps_last_access && made.type == BlobType::kBlock) {
    properties.last_access = properties.last_modified;
  }
  if (properties.copy && !is_pending(properties)) {
    properties.copy->completed = properties.last_modified;
  }
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
