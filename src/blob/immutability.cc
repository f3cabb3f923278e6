#include "blob/immutability.h"

#include <string>

#include "blob/blob_rows.h"
#include "lapis/base/date.h"

namespace lapis::blob {
namespace {

// By the service clock, which never runs backwards: what is over once stays over.
bool is_ahead(Timestamp until, const ServiceClock& time) {
  return until.time_since_epoch() > time.now().time_since_epoch();
}

}  // namespace

bool bears_protection(const BlobProperties& state) {
  return state.legal_hold || state.immutability.has_value();
}

void take_protection_off(BlobProperties& state) {
  state.immutability.reset();
  state.legal_hold = false;
}

Result<void> check_may_go(const BlobProperties& state, const ServiceClock& time) {
  if (state.legal_hold) return fail(ErrorCode::kBlobImmutableDueToLegalHold);
  if (state.immutability && is_ahead(state.immutability->until, time)) {
    return fail(ErrorCode::kBlobImmutableDueToPolicy);
  }
  return {};
}

Result<void> check_may_change(const BlobProperties& state) {
  if (state.legal_hold) return fail(ErrorCode::kBlobImmutableDueToLegalHold);
  if (state.immutability) return fail(ErrorCode::kBlobImmutableDueToPolicy);
  return {};
}

Result<void> check_new_policy(const std::optional<ImmutabilityPolicy>& old,
                              const ImmutabilityPolicy& policy, const ServiceClock& time) {
  if (!is_ahead(policy.until, time)) {
    return fail(Error{ErrorCode::kInvalidHeaderValue, "the policy would be over"}
                    .with("HeaderName", "x-ms-immutability-policy-until-date")
                    .with("HeaderValue", format_http_date(policy.until)));
  }
  if (!old || !old->locked) return {};
  if (policy.locked && policy.until >= old->until) return {};
  return fail(ErrorCode::kBlobImmutableDueToPolicy, "a locked policy is only extended");
}

Result<void> check_policy_may_end(const std::optional<ImmutabilityPolicy>& old) {
  if (old && old->locked) return fail(ErrorCode::kImmutabilityPolicyDeleteOnLockedPolicy);
  return {};
}

Result<void> check_immutable_storage(const Service& service, std::string_view account) {
  if (service.features_of(account).immutable_storage) return {};
  return fail(ErrorCode::kBlobOperationNotSupported, "version-level immutability is off");
}

Result<void> check_protection(const Service& service, std::string_view account,
                              const Protection& protection) {
  if (!protection.any()) return {};
  LAPIS_TRY_VOID(check_immutable_storage(service, account));
  if (!protection.immutability) return {};
  return check_new_policy(std::nullopt, *protection.immutability, *service.time);
}

Result<void> mark_protection(storage::MetaView& view, ContainerId container) {
  LAPIS_TRY(ContainerState state, read_live(view, container));
  state.protections = view.next_id();
  view.put(container_state_key(container), encode(state));
  return {};
}

}  // namespace lapis::blob
