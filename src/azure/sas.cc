#include "lapis/azure/sas.h"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "azure/ip_range.h"
#include "azure/names.h"
#include "azure/sas_fields.h"
#include "azure/signing/keys.h"
#include "azure/signing/sas_string.h"
#include "lapis/base/date.h"
#include "lapis/base/url.h"
#include "lapis/blob/container_access.h"

namespace lapis::azure {
namespace {

// The values of a token that is being made; fields are borrowed from them.
class Draft {
 public:
  void set(SasField field, std::string value) {
    owned_[static_cast<std::size_t>(field)] = std::move(value);
  }

  SasFields fields(SasKind kind, ServiceVersion version) const {
    SasFields result;
    result.kind = kind;
    result.version = version;
    for (std::size_t i = 0; i < kSasFieldCount; ++i) result.values[i] = owned_[i];
    return result;
  }

  std::string query() const {
    std::string text;
    for (std::size_t i = 0; i < kSasFieldCount; ++i) {
      if (owned_[i].empty()) continue;
      if (!text.empty()) text.push_back('&');
      text.append(parameter_name(static_cast<SasField>(i)));
      text.append("=").append(percent_encode(owned_[i], ",:"));
    }
    return text;
  }

 private:
  std::array<std::string, kSasFieldCount> owned_;
};

std::string date_text(Timestamp time) {
  const std::string text = format_iso8601(time);
  return text.substr(0, text.find('.')) + "Z";
}

Result<void> require(bool holds, std::string_view what) {
  if (holds) return {};
  return fail(ErrorCode::kInvalidInput, std::string(what));
}

bool only_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == text.npos;
}

// `by_policy`: whether permissions and expiry may be left to a stored access policy.
template <class Request>
Result<ServiceVersion> check_common(const Account& account, const Request& request,
                                    bool by_policy = false) {
  LAPIS_TRY_VOID(require(!account.keys.empty(), "the account has no key"));
  LAPIS_TRY_VOID(require((by_policy && request.permissions.empty()) ||
                             only_of(request.permissions, "racwdxyltmeopifu"),
                         "permissions: letters of racwdxyltmeopifu"));
  const std::optional<Timestamp> expiry = request.expiry;
  LAPIS_TRY_VOID(require(by_policy || expiry, "an expiry is needed"));
  LAPIS_TRY_VOID(require(!request.start || !expiry || *request.start < *expiry,
                         "the expiry has to be after the start"));
  LAPIS_TRY_VOID(require(request.protocol == "https" || request.protocol == "https,http",
                         "protocol: https or https,http"));
  LAPIS_TRY_VOID(require(request.ip.empty() || parse_ip_range(request.ip),
                         "ip: an IPv4 address or a range such as 192.0.2.1-192.0.2.9"));
  const auto version = parse_version(request.version);
  // Older ones do not sign the address and the protocol.
  LAPIS_TRY_VOID(require(version && *version >= ServiceVersion{20150405},
                         "version: a date not before 2015-04-05"));
  return *version;
}

template <class Request>
void set_common(Draft& draft, const Request& request) {
  draft.set(SasField::kVersion, request.version);
  if (request.start) draft.set(SasField::kStart, date_text(*request.start));
  const std::optional<Timestamp> expiry = request.expiry;
  if (expiry) draft.set(SasField::kExpiry, date_text(*expiry));
  draft.set(SasField::kPermissions, request.permissions);
  draft.set(SasField::kIp, request.ip);
  draft.set(SasField::kProtocol, request.protocol);
}

bool is_header_text(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

Result<void> check_past(const ServiceSasRequest& request, ServiceVersion version) {
  const std::string& past = request.snapshot.empty() ? request.version_id : request.snapshot;
  if (past.empty()) return {};
  LAPIS_TRY_VOID(require(!request.blob.empty(), "a snapshot or version is one of a blob"));
  LAPIS_TRY_VOID(require(request.snapshot.empty() || request.version_id.empty(),
                         "a snapshot or a version, not both"));
  LAPIS_TRY_VOID(require(parse_iso8601(past).has_value(), "2030-01-01T00:00:00.0000000Z"));
  const ServiceVersion first = request.snapshot.empty() ? kFirstOfVersions : kFirstOfSnapshots;
  return require(version >= first, std::string("version: a date not before ").append(first.text()));
}

std::string_view resource_of(const ServiceSasRequest& request) {
  if (!request.snapshot.empty()) return kSnapshotResource;
  if (!request.version_id.empty()) return kVersionResource;
  return request.blob.empty() ? kContainerResource : kBlobResource;
}

}  // namespace

Result<std::string> make_account_sas(const Account& account, const AccountSasRequest& request) {
  LAPIS_TRY(const ServiceVersion version, check_common(account, request));
  LAPIS_TRY_VOID(require(only_of(request.services, "bqtf"), "services: letters of bqtf"));
  LAPIS_TRY_VOID(require(only_of(request.resource_types, "sco"), "resource types: letters of sco"));
  Draft draft;
  set_common(draft, request);
  draft.set(SasField::kServices, request.services);
  draft.set(SasField::kResourceTypes, request.resource_types);
  const std::string text =
      account_sas_string(draft.fields(SasKind::kAccount, version), account.name);
  draft.set(SasField::kSignature, SigningKeys(account).sign(text));
  return draft.query();
}

Result<std::string> make_service_sas(const Account& account, const ServiceSasRequest& request) {
  LAPIS_TRY(const ServiceVersion version, check_common(account, request, !request.policy.empty()));
  LAPIS_TRY_VOID(require(request.policy.size() <= blob::ContainerAccess::kMaxPolicyId &&
                             is_header_text(request.policy),
                         "policy: up to 64 characters"));
  LAPIS_TRY_VOID(check_container_name(request.container));
  if (!request.blob.empty()) LAPIS_TRY_VOID(check_blob_name(request.blob));
  LAPIS_TRY_VOID(check_past(request, version));
  Draft draft;
  set_common(draft, request);
  draft.set(SasField::kResource, std::string(resource_of(request)));
  draft.set(SasField::kPolicy, request.policy);
  const std::pair<SasField, const std::string*> overrides[] = {
      {SasField::kCacheControl, &request.cache_control},
      {SasField::kContentDisposition, &request.content_disposition},
      {SasField::kContentEncoding, &request.content_encoding},
      {SasField::kContentLanguage, &request.content_language},
      {SasField::kContentType, &request.content_type}};
  for (const auto& [field, value] : overrides) {
    LAPIS_TRY_VOID(require(is_header_text(*value), "response headers hold no control characters"));
    draft.set(field, *value);
  }
  const std::string& past = request.snapshot.empty() ? request.version_id : request.snapshot;
  const SasResource resource{account.name, request.container, request.blob, past};
  const std::string text = service_sas_string(draft.fields(SasKind::kService, version), resource);
  draft.set(SasField::kSignature, SigningKeys(account).sign(text));
  return draft.query();
}

}  // namespace lapis::azure
