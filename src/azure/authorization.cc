#include "lapis/azure/authorization.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "azure/request/single_headers.h"
#include "azure/sas_fields.h"
#include "azure/signing/keys.h"
#include "azure/signing/sas_check.h"
#include "azure/signing/shared_key.h"

namespace lapis::azure {
namespace {

// The first version that takes bearer tokens: from here on a private resource asks for
// credentials, before it hid.
constexpr std::uint32_t kChallenges = 20171109;
// SAS before this version hide what they do not permit.
constexpr ServiceVersion kFirstWithCodes{20150405};
// The first version that has the letters `a` and `c`.
constexpr ServiceVersion kFirstWithCreate{20150405};
// Who may delete a blob may break its lease since.
constexpr ServiceVersion kFirstWhereDeletersBreak{20170729};

std::unexpected<Error> no_credential(const Call& call) {
  if (!call.at_least(kChallenges)) return fail(ErrorCode::kResourceNotFound, "no credential");
  Error error{ErrorCode::kNoAuthenticationInformation, "no credential"};
  error.fields.push_back(
      {"WWW-Authenticate", "SharedKey realm=\"" + std::string(call.target.account) + "\""});
  return fail(std::move(error));
}

std::unexpected<Error> not_permitted(const SasFields& sas, ErrorCode code, std::string detail) {
  const bool hides = sas.version < kFirstWithCodes;
  return fail(hides ? ErrorCode::kResourceNotFound : code, std::move(detail));
}

bool counts(const SasFields& sas, const Needs& needs, char letter) {
  if (letter == 'a' || letter == 'c') return sas.version >= kFirstWithCreate;
  if (letter == 'd' && needs.breaks_lease) return sas.version >= kFirstWhereDeletersBreak;
  return true;
}

bool permits_any(const SasFields& sas, const Needs& needs) {
  for (const char letter : needs.letters) {
    if (counts(sas, needs, letter) && sas.permits(letter)) return true;
  }
  return needs.letters.empty();
}

Result<void> check_needs(const SasFields& sas, const Needs& needs) {
  if (sas.kind == SasKind::kService) {
    if (!needs.service_sas) {
      return not_permitted(sas, ErrorCode::kAuthorizationFailure, "not with a service SAS");
    }
  } else {
    if (sas.get(SasField::kServices).find('b') == std::string_view::npos) {
      return not_permitted(sas, ErrorCode::kAuthorizationServiceMismatch, "ss");
    }
    const std::string_view types = sas.get(SasField::kResourceTypes);
    if (!needs.letters.empty() && types.find(needs.resource_type) == std::string_view::npos) {
      return not_permitted(sas, ErrorCode::kAuthorizationResourceTypeMismatch, "srt");
    }
  }
  if (!permits_any(sas, needs)) {
    return not_permitted(sas, ErrorCode::kAuthorizationPermissionMismatch, "sp");
  }
  return {};
}

}  // namespace

struct Gate::State {
  std::map<std::string, SigningKeys, std::less<>> accounts;
  const Clock& clock;

  SigningKeys* find(std::string_view account) {
    const auto it = accounts.find(account);
    return it == accounts.end() ? nullptr : &it->second;
  }
};

Gate::Gate(const std::vector<Account>& accounts, const Clock& clock)
    : state_(std::make_unique<State>(std::map<std::string, SigningKeys, std::less<>>(), clock)) {
  for (const Account& account : accounts) {
    state_->accounts.emplace(account.name, SigningKeys(account));
  }
}

Gate::~Gate() = default;

bool Gate::knows(std::string_view account) const { return state_->accounts.contains(account); }

Result<Authorized> Gate::authorize(const Call& call, const Needs& needs) {
  const http::Headers& headers = call.request.headers;
  // What is signed must be what is parsed later.
  LAPIS_TRY_VOID(refuse_repeated_headers(headers));
  const Timestamp now = state_->clock.now();
  SigningKeys* keys = state_->find(call.target.account);
  if (const std::string_view* authorization = headers.find("Authorization")) {
    LAPIS_TRY_VOID(check_shared_key(call, *authorization, keys, now));
    return Authorized(CredentialKind::kSharedKey, true);
  }
  if (!has_sas(call.target.query)) return no_credential(call);
  LAPIS_TRY(const SasFields sas, parse_sas(call.target.query));
  LAPIS_TRY_VOID(check_sas(call, sas, keys, now));
  LAPIS_TRY_VOID(check_needs(sas, needs));
  const auto kind =
      sas.kind == SasKind::kAccount ? CredentialKind::kAccountSas : CredentialKind::kServiceSas;
  return Authorized(kind, !needs.overwrite_needs_w || sas.permits('w'));
}

bool is_out_of_time(const Error& refusal) {
  if (refusal.code != ErrorCode::kAuthenticationFailed) return false;
  return std::ranges::any_of(
      refusal.fields, [](const ErrorField& field) { return field.value.starts_with(kOutOfTime); });
}

}  // namespace lapis::azure
