#include "azure/signing/sas_check.h"

#include <string>

#include "azure/field_errors.h"
#include "azure/ip_range.h"
#include "azure/signing/sas_string.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

Result<void> check_resource_level(const SasFields& sas, Resource resource) {
  if (sas.kind == SasKind::kAccount) return {};
  const bool fits = sas.get(SasField::kResource) == "b" ? resource == Resource::kBlob
                                                        : resource != Resource::kService;
  if (fits) return {};
  // The wording is Azure's.
  return fail(authentication_failed(
      "The specified signed resource is not allowed for the this resource level"));
}

Result<void> check_signature(const Call& call, const SasFields& sas, SigningKeys* keys) {
  const Target& target = call.target;
  const std::string text =
      sas.kind == SasKind::kAccount
          ? account_sas_string(sas, target.account)
          : service_sas_string(sas, {target.account, target.container, target.blob});
  if (keys && keys->verify(text, sas.get(SasField::kSignature))) return {};
  return fail(authentication_failed("Signature did not match. String to sign used was " + text));
}

Result<void> check_time(const SasFields& sas, Timestamp now) {
  if ((!sas.start || *sas.start <= now) && now < sas.expiry) return {};
  const std::string start = sas.start ? format_http_date(*sas.start) : std::string();
  return fail(authentication_failed(std::string(kOutOfTime) + ": Start [" + start + "] - Expiry [" +
                                    format_http_date(sas.expiry) + "] - Current [" +
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

}  // namespace

Result<void> check_sas(const Call& call, const SasFields& sas, SigningKeys* keys, Timestamp now) {
  LAPIS_TRY_VOID(check_resource_level(sas, call.target.resource));
  LAPIS_TRY_VOID(check_signature(call, sas, keys));
  LAPIS_TRY_VOID(check_time(sas, now));
  return check_connection(sas, call.request);
}

}  // namespace lapis::azure
