#include "azure/signing/sas_check.h"

#include <string>

#include "azure/field_errors.h"
#include "azure/ip_range.h"
#include "azure/signing/sas_string.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

// The parameter of the URL that names what a SAS of a past state of a blob is for; else empty.
std::string_view past_parameter(const SasFields& sas) {
  const std::string_view resource = sas.get(SasField::kResource);
  if (resource == kSnapshotResource) return "snapshot";
  return resource == kVersionResource ? "versionid" : "";
}

bool fits_level(const SasFields& sas, const Target& target) {
  if (sas.get(SasField::kResource) == kContainerResource) {
    return target.resource != Resource::kService;
  }
  const std::string_view past = past_parameter(sas);
  return target.resource == Resource::kBlob && (past.empty() || !target.query.get(past).empty());
}

Result<void> check_resource_level(const SasFields& sas, const Target& target) {
  if (sas.kind == SasKind::kAccount || fits_level(sas, target)) return {};
  // The wording is Azure's.
  return fail(authentication_failed(
      "The specified signed resource is not allowed for the this resource level"));
}

Result<void> check_signature(const Call& call, const SasFields& sas, SigningKeys* keys) {
  const Target& target = call.target;
  const std::string_view past = past_parameter(sas);
  const SasResource resource{target.account, target.container, target.blob,
                             past.empty() ? past : target.query.get(past)};
  const std::string text = sas.kind == SasKind::kAccount ? account_sas_string(sas, target.account)
                                                         : service_sas_string(sas, resource);
  if (keys && keys->verify(text, sas.get(SasField::kSignature))) return {};
  return fail(authentication_failed("Signature did not match. String to sign used was " + text));
}

Result<void> check_time(const SasFields& sas, Timestamp now) {
  const Timestamp expiry = sas.expiry.value_or(Timestamp());
  if ((!sas.start || *sas.start <= now) && now < expiry) return {};
  const std::string start = sas.start ? format_http_date(*sas.start) : std::string();
  return fail(authentication_failed(std::string(kOutOfTime) + ": Start [" + start + "] - Expiry [" +
                                    format_http_date(expiry) + "] - Current [" +
                                    format_http_date(now) + "]"));
}

Result<void> check_connection(const SasFields& sas, const http::Request& request) {
  if (sas.get(SasField::kProtocol) == "https" && !request.secure) {
    return fail(ErrorCode::kAuthorizationProtocolMismatch);
  }
  const std::string_view allowed = sas.get(SasField::kIp);
  if (allowed.empty()) return {};
  const auto range = parse_ip_range(allowed);
  if (!range || !is_in(*range, request.peer_address)) {
    return fail(ErrorCode::kAuthorizationSourceIPMismatch, request.peer_address);
  }
  return {};
}

// A field has exactly one place, or, where it is not needed, none.
Result<void> check_giver(std::string_view field, bool by_token, bool by_policy, bool needed) {
  if (by_token && by_policy) {
    return fail(authentication_failed(std::string(field) +
                                      " is given by the access policy. Cannot be specified"));
  }
  if (!needed || by_token || by_policy) return {};
  return fail(authentication_failed(std::string(field) + " is mandatory. Cannot be empty"));
}

}  // namespace

Result<void> check_signed(const Call& call, const SasFields& sas, SigningKeys* keys) {
  LAPIS_TRY_VOID(check_resource_level(sas, call.target));
  return check_signature(call, sas, keys);
}

Result<void> check_holds(const Call& call, const SasFields& sas, Timestamp now) {
  LAPIS_TRY_VOID(check_time(sas, now));
  return check_connection(sas, call.request);
}

Result<void> apply_policy(SasFields& sas, const blob::StoredPolicy* policy) {
  if (policy == nullptr) {
    return fail(authentication_failed("The container has no access policy of the name si gives"));
  }
  auto& permissions = sas.values[static_cast<std::size_t>(SasField::kPermissions)];
  LAPIS_TRY_VOID(check_giver("st", sas.start.has_value(), policy->start.has_value(), false));
  LAPIS_TRY_VOID(check_giver("se", sas.expiry.has_value(), policy->expiry.has_value(), true));
  LAPIS_TRY_VOID(check_giver("sp", !permissions.empty(), !policy->permissions.empty(), true));
  if (policy->start) sas.start = policy->start;
  if (policy->expiry) sas.expiry = policy->expiry;
  if (!policy->permissions.empty()) permissions = policy->permissions;
  return {};
}

}  // namespace lapis::azure
