#include "azure/signing/shared_key.h"

#include <chrono>
#include <string>

#include "azure/field_errors.h"
#include "azure/signing/shared_key_string.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::chrono::minutes kAllowedSkew{15};

struct Credential {
  SharedKeyScheme scheme = SharedKeyScheme::kFull;
  std::string_view account;
  std::string_view signature;
};

std::unexpected<Error> unparsable(std::string_view detail) {
  Error error{ErrorCode::kInvalidAuthenticationInfo, std::string(detail)};
  error.fields.push_back({"AuthenticationErrorDetail", std::string(detail)});
  return fail(std::move(error));
}

Result<Credential> parse_credential(std::string_view authorization) {
  const auto blank = authorization.find(' ');
  const std::string_view scheme = authorization.substr(0, blank);
  Credential credential;
  if (http::iequals(scheme, "SharedKeyLite")) {
    credential.scheme = SharedKeyScheme::kLite;
  } else if (http::iequals(scheme, "Bearer")) {
    return unparsable("Bearer tokens are not supported: use SharedKey or a SAS.");
  } else if (!http::iequals(scheme, "SharedKey")) {
    return unparsable("Authentication scheme is not supported.");
  }
  if (blank == authorization.npos) return unparsable("Credentials are missing.");
  authorization.remove_prefix(blank + 1);
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  const auto colon = authorization.find(':');
  if (colon == 0 || colon == authorization.npos || colon + 1 == authorization.size()) {
    return unparsable("Credentials are not of the form account:signature.");
  }
  credential.account = authorization.substr(0, colon);
  credential.signature = authorization.substr(colon + 1);
  return credential;
}

Result<void> check_date(const http::Headers& headers, Timestamp now) {
  const std::string_view* text = headers.find("x-ms-date");
  if (!text) text = headers.find("Date");
  if (!text) return fail(authentication_failed("Request date header is missing."));
  const auto refuse = [text](std::string_view what) {
    return fail(authentication_failed("Request date header " + std::string(what) + ": '" +
                                      std::string(*text) + "'"));
  };
  const auto date = parse_http_date(*text);
  if (!date) return refuse("not well formed");
  if (now - *date > kAllowedSkew) return refuse("too old");
  if (*date - now > kAllowedSkew) return refuse("in the future");
  return {};
}

bool matches_another_variant(const Call& call, const Credential& credential, SigningKeys& keys) {
  for (const SigningVariant variant : other_variants(call, credential.scheme)) {
    if (keys.verify(shared_key_string(call, credential.scheme, variant), credential.signature)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> check_shared_key(const Call& call, std::string_view authorization, SigningKeys* keys,
                              Timestamp now) {
  LAPIS_TRY(const Credential credential, parse_credential(authorization));
  if (credential.account != call.target.account) {
    return fail(
        authentication_failed("The account of the Authorization header is not the one the "
                              "request addresses."));
  }
  LAPIS_TRY_VOID(check_date(call.request.headers, now));
  const std::string text = shared_key_string(call, credential.scheme, {});
  if (keys && (keys->verify(text, credential.signature) ||
               matches_another_variant(call, credential, *keys))) {
    return {};
  }
  return fail(authentication_failed(
      "The MAC signature found in the HTTP request '" + std::string(credential.signature) +
      "' is not the same as any computed signature. Server used following string to sign: '" +
      text + "'."));
}

}  // namespace lapis::azure
