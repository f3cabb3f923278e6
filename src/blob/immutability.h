// Immutability policies and legal holds: what they forbid, and how they may be changed. The rules
// are here and nowhere else.
//
// A blob, a snapshot or a version bears its own: it goes with that state when the blob becomes a
// version, and to no copy of it. (docs/decisions/0033-immutability.md)
#pragma once

#include <string_view>

#include "blob/records.h"
#include "lapis/blob/protection.h"
#include "lapis/blob/service.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Whether it has a policy, over or not, or a hold. What bears one is never lost by being written
// over or deleted as the base blob: it becomes a version, whatever the account keeps.
bool bears_protection(const BlobProperties& state);
// For a state that is made of another one's properties.
void take_protection_off(BlobProperties& state);

// Whether the state may be deleted. Errors: kBlobImmutableDueToLegalHold,
// kBlobImmutableDueToPolicy (one that is not over).
Result<void> check_may_go(const BlobProperties& state, const ServiceClock& time);
// Whether it may be changed where it is: its content, properties or metadata. Its tier, tags and
// lease always may. Errors: likewise, and for a policy that is over too: what was to be immutable
// never changes, but may go.
Result<void> check_may_change(const BlobProperties& state);

// A policy in place of another, or of none. Errors: kInvalidHeaderValue (not in the future),
// kBlobImmutableDueToPolicy (a locked one would end earlier, or be unlocked).
Result<void> check_new_policy(const std::optional<ImmutabilityPolicy>& old,
                              const ImmutabilityPolicy& policy, const ServiceClock& time);
// Errors: kImmutabilityPolicyDeleteOnLockedPolicy, whether it is over or not.
Result<void> check_policy_may_end(const std::optional<ImmutabilityPolicy>& old);

// Whether an account's states may get any. Errors: kBlobOperationNotSupported.
Result<void> check_immutable_storage(const Service& service, std::string_view account);
// Whether a new state may begin with it. Errors: as above, kInvalidHeaderValue.
Result<void> check_protection(const Service& service, std::string_view account,
                              const Protection& protection);

// In every transaction that puts a policy or a hold on a state: a container that is deleted
// meanwhile is looked at again (container_protection.h). Errors: kContainerNotFound.
Result<void> mark_protection(storage::MetaView& view, ContainerId container);

}  // namespace lapis::blob
