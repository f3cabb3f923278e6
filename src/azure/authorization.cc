#include "lapis/azure/authorization.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "azure/ops/list_query.h"
#include "azure/request/common_headers.h"
#include "azure/request/protection.h"
#include "azure/request/single_headers.h"
#include "azure/sas_fields.h"
#include "azure/signing/keys.h"
#include "azure/signing/sas_check.h"
#include "azure/signing/shared_key.h"
#include "lapis/blob/service_properties.h"

namespace lapis::azure {
namespace {

// The first version that takes bearer tokens: from here on a private resource asks for
// credentials, before it hid.
constexpr std::uint32_t kChallenges = 20171109;
// SAS before this version hide what they do not permit.
constexpr ServiceVersion kFirstWithCodes{20150405};
// The first version whose SAS can be for the destination of Copy Blob.
constexpr ServiceVersion kFirstWithCopies{20130815};
// From here on a refusal says which resource type it was for.
constexpr std::uint32_t kTellsMissing = 20240804;
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

// The first version that has a letter; the others have been there all along.
struct FirstWithLetter {
  char letter;
  ServiceVersion version;
};
constexpr FirstWithLetter kFirstWithLetters[] = {
    {'a', {20150405}}, {'c', {20150405}}, {'t', {20191212}},
    {'f', {20191212}}, {'x', {20191212}}, {'y', {20200210}},
};
// `f` of a service SAS: Find Blobs by Tags in a container.
constexpr ServiceVersion kFirstWithFindInContainer{20210410};

bool counts(const SasFields& sas, const Needs& needs, char letter) {
  if (letter == 'd' && needs.breaks_lease) return sas.version >= kFirstWhereDeletersBreak;
  if (letter == 'f' && sas.kind == SasKind::kService) {
    return sas.version >= kFirstWithFindInContainer;
  }
  const auto* row = std::ranges::find(kFirstWithLetters, letter, &FirstWithLetter::letter);
  return row == std::end(kFirstWithLetters) || sas.version >= row->version;
}

bool permits_any(const SasFields& sas, const Needs& needs) {
  for (const char letter : needs.letters) {
    if (counts(sas, needs, letter) && sas.permits(letter)) return true;
  }
  return needs.letters.empty();
}

std::unexpected<Error> wrong_resource_type(const Call& call, const SasFields& sas, char needed) {
  auto refusal = not_permitted(sas, ErrorCode::kAuthorizationResourceTypeMismatch, "srt");
  if (!call.at_least(kTellsMissing)) return refusal;
  const std::string detail =
      "SignedResourceTypes '" + std::string(1, needed) + "' is required to perform this operation.";
  refusal.error().fields.push_back({"ExtendedErrorDetail", detail});
  return refusal;
}

Result<void> check_needs(const Call& call, const SasFields& sas, const Needs& needs) {
  if (needs.copies && sas.version < kFirstWithCopies) {
    return not_permitted(sas, ErrorCode::kAuthorizationFailure, "no copies with so old a SAS");
  }
  if (sas.kind == SasKind::kService) {
    if (!needs.service_sas) {
      return not_permitted(sas, ErrorCode::kAuthorizationFailure, "not with a service SAS");
    }
  } else {
    if (!needs.account_sas) {
      return not_permitted(sas, ErrorCode::kAuthorizationFailure, "not with an account SAS");
    }
    if (sas.get(SasField::kServices).find('b') == std::string_view::npos) {
      return not_permitted(sas, ErrorCode::kAuthorizationServiceMismatch, "ss");
    }
    const std::string_view types = sas.get(SasField::kResourceTypes);
    const bool covered = types.contains(needs.resource_type) ||
                         (needs.or_resource_type != 0 && types.contains(needs.or_resource_type));
    if (!needs.letters.empty() && !covered) {
      return wrong_resource_type(call, sas, needs.resource_type);
    }
  }
  if (!permits_any(sas, needs)) {
    return not_permitted(sas, ErrorCode::kAuthorizationPermissionMismatch, "sp");
  }
  return {};
}

// Those not committed are for who may write.
bool reads_uncommitted_blocks(const Query& query) {
  if (!http::iequals(query.get("comp"), "blocklist")) return false;
  const std::string_view kind = query.get("blocklisttype");
  return !kind.empty() && !http::iequals(kind, "committed");
}

const blob::StoredPolicy* find_policy(const blob::ContainerAccess* access, std::string_view id) {
  if (access == nullptr) return nullptr;
  const auto found = std::ranges::find(access->policies, id, &blob::StoredPolicy::id);
  return found == access->policies.end() ? nullptr : &*found;
}

// Tags are set, asked about, copied or listed by an operation that is about something else.
bool names_tags(const Call& call) {
  const http::Headers& headers = call.request.headers;
  if (!headers.get("x-ms-tags").empty() || !headers.get("x-ms-if-tags").empty()) return true;
  if (headers.get("x-ms-copy-source-tag-option") == "COPY") return true;
  const Query& query = call.target.query;
  return http::iequals(query.get("comp"), "list") && asks_to_include(query, "tags");
}

// What an operation may do without a credential by its needs, a request may be too curious for.
bool may_be_anonymous(const Call& call, const Needs& needs) {
  return needs.in_public != blob::PublicAccess::kNone && !names_tags(call) &&
         !names_protection(call.request.headers) && !reads_uncommitted_blocks(call.target.query);
}

Needs needs_of(const Call& call, const Needs& needs) {
  Needs asked = needs;
  if (!needs.deletes_states) return asked;
  if (names_blob_version(call)) asked.letters = "x";
  if (asks_permanently(call)) asked.letters = "y";
  return asked;
}

// What a SAS alone decides, its policy's fields taken over where it has one.
Result<bool> may_overwrite(const Call& call, const SasFields& sas, const Needs& needs,
                           Timestamp now) {
  LAPIS_TRY_VOID(check_holds(call, sas, now));
  LAPIS_TRY_VOID(check_needs(call, sas, needs_of(call, needs)));
  if (names_tags(call) && !permits_any(sas, {.letters = "t"})) {
    return not_permitted(sas, ErrorCode::kAuthorizationPermissionMismatch, "tags");
  }
  if (names_protection(call.request.headers) && !permits_any(sas, {.letters = "i"})) {
    return not_permitted(sas, ErrorCode::kAuthorizationPermissionMismatch, "immutability");
  }
  return !needs.overwrite_needs_w || sas.permits('w');
}

}  // namespace

struct GateAccount {
  SigningKeys keys;
  bool may_be_public = false;
  std::vector<http::Network> networks;

  bool is_served_to(std::string_view peer) const {
    if (networks.empty()) return true;
    const auto address = http::parse_ip_address(peer.substr(0, peer.find('%')));  // of any scope
    if (!address) return false;
    return std::ranges::any_of(networks, [real = http::unmapped(*address)](const auto& network) {
      return network.contains(real);
    });
  }
};

namespace {

Result<void> check_served(const GateAccount* account, std::string_view peer) {
  if (account == nullptr || account->is_served_to(peer)) return {};
  return fail(ErrorCode::kAuthorizationFailure,
              "the account is not served to " + std::string(peer));
}

}  // namespace

struct Gate::State {
  std::map<std::string, GateAccount, std::less<>> accounts;
  const Clock& clock;

  GateAccount* find(std::string_view account) {
    const auto it = accounts.find(account);
    return it == accounts.end() ? nullptr : &it->second;
  }
};

Gate::Gate(const std::vector<Account>& accounts, const Clock& clock)
    : state_(std::make_unique<State>(std::map<std::string, GateAccount, std::less<>>(), clock)) {
  for (const Account& account : accounts) {
    state_->accounts.emplace(
        account.name, GateAccount{SigningKeys(account), account.public_access, account.networks});
  }
}

Gate::~Gate() = default;

Result<void> Gate::check_peer(std::string_view account, std::string_view peer) const {
  return check_served(state_->find(account), peer);
}

Result<Claim> Gate::examine(const Call& call, const Needs& needs) {
  GateAccount* account = state_->find(call.target.account);
  LAPIS_TRY_VOID(check_served(account, call.request.peer_address));
  const http::Headers& headers = call.request.headers;
  // What is signed must be what is parsed later.
  LAPIS_TRY_VOID(refuse_repeated_headers(headers));
  const Timestamp now = state_->clock.now();
  SigningKeys* keys = account == nullptr ? nullptr : &account->keys;
  if (const std::string_view* authorization = headers.find("Authorization")) {
    LAPIS_TRY_VOID(check_shared_key(call, *authorization, keys, now));
    return Claim(CredentialKind::kSharedKey, true, false);
  }
  const Query& query = call.target.query;
  if (!has_sas(query)) {
    if (account == nullptr || !may_be_anonymous(call, needs)) return no_credential(call);
    if (!account->may_be_public) return fail(ErrorCode::kPublicAccessNotPermitted);
    return Claim(CredentialKind::kAnonymous, false, true);
  }
  LAPIS_TRY(const SasFields sas, parse_sas(query));
  LAPIS_TRY_VOID(check_signed(call, sas, keys));
  const auto kind =
      sas.kind == SasKind::kAccount ? CredentialKind::kAccountSas : CredentialKind::kServiceSas;
  if (!sas.get(SasField::kPolicy).empty()) return Claim(kind, false, true);
  LAPIS_TRY(const bool overwrite, may_overwrite(call, sas, needs, now));
  return Claim(kind, overwrite, false);
}

Result<Authorized> Gate::decide(const Claim& claim, const Call& call, const Needs& needs,
                                const blob::ContainerAccess* access) const {
  const GateAccount* account = state_->find(call.target.account);
  Authorized authorized(claim.kind_, claim.may_overwrite_,
                        account != nullptr && account->may_be_public);
  if (!claim.asks_container_) return authorized;
  if (claim.kind_ == CredentialKind::kAnonymous) {
    if (access == nullptr || access->level < needs.in_public) return no_credential(call);
    return authorized;
  }
  // Parsed and authenticated once already.
  LAPIS_TRY(SasFields sas, parse_sas(call.target.query));
  LAPIS_TRY_VOID(apply_policy(sas, find_policy(access, sas.get(SasField::kPolicy))));
  LAPIS_TRY(authorized.may_overwrite_, may_overwrite(call, sas, needs, state_->clock.now()));
  return authorized;
}

Result<Authorized> Gate::admit_visitor(const Call& call) const {
  LAPIS_TRY_VOID(check_peer(call.target.account, call.request.peer_address));
  const bool reads =
      call.request.method == http::Method::kGet || call.request.method == http::Method::kHead;
  const Target& target = call.target;
  if (!target.website || !reads || target.container != blob::kWebContainer) {
    return fail(ErrorCode::kAuthorizationFailure, "it is no page of a website");
  }
  return Authorized(CredentialKind::kAnonymous, false, false);
}

Result<Authorized> Gate::authorize(const Call& call, const Needs& needs,
                                   const blob::ContainerAccess* access) {
  LAPIS_TRY(const Claim claim, examine(call, needs));
  return decide(claim, call, needs, access);
}

bool is_out_of_time(const Error& refusal) {
  if (refusal.code != ErrorCode::kAuthenticationFailed) return false;
  return std::ranges::any_of(
      refusal.fields, [](const ErrorField& field) { return field.value.starts_with(kOutOfTime); });
}

}  // namespace lapis::azure
