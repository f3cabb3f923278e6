// Who asks, and whether they may. SharedKey and SAS; one gate decides, and only it can make the
// Authorized that a handler needs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/azure/accounts.h"
#include "lapis/azure/call.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/blob/container_access.h"

namespace lapis::azure {

// What an operation asks of a SAS (SharedKey may do everything).
struct Needs {
  std::string_view letters;  // any one of these in `sp`; empty: any valid credential
  char resource_type = 'o';  // of an account SAS's `srt`: 's', 'c' or 'o'
  bool service_sas = true;   // false: never possible with a service SAS (kAuthorizationFailure)
  bool account_sas = true;   // likewise with an account SAS
  bool overwrite_needs_w = false;  // with 'c' and no 'w' only a new blob may be made
  char or_resource_type = 0;       // this will do, too
  bool breaks_lease = false;       // 'd' stands for this from 2017-07-29 on
  bool copies = false;             // possible with a SAS from 2013-08-15 on
  bool deletes_states = false;     // 'x' is needed for a version, and 'y' for good
  // What a container must grant for it to be possible without a credential.
  blob::PublicAccess in_public = blob::PublicAccess::kNone;  // kNone: never possible
};

enum class CredentialKind : std::uint8_t { kSharedKey, kAccountSas, kServiceSas, kAnonymous };

// Proof that the gate let this request pass. Movable, cannot be made elsewhere.
class Authorized {
 public:
  CredentialKind kind() const { return kind_; }
  bool may_overwrite() const { return may_overwrite_; }
  // Whether the account allows its containers to be made public.
  bool may_be_public() const { return may_be_public_; }

 private:
  friend class Gate;
  Authorized(CredentialKind kind, bool may_overwrite, bool may_be_public)
      : kind_(kind), may_overwrite_(may_overwrite), may_be_public_(may_be_public) {}
  CredentialKind kind_;
  bool may_overwrite_;
  bool may_be_public_;
};

// What a request has proved by itself. Cannot be made elsewhere; proves nothing to a handler.
class Claim {
 public:
  // Whether it is for the container to decide: by a stored access policy that the request's
  // signature names, or by granting something to anybody.
  bool asks_container() const { return asks_container_; }

 private:
  friend class Gate;
  Claim(CredentialKind kind, bool may_overwrite, bool asks_container)
      : kind_(kind), may_overwrite_(may_overwrite), asks_container_(asks_container) {}
  CredentialKind kind_;
  bool may_overwrite_;
  bool asks_container_;
};

// Not thread-safe: one a shard (it keeps keyed HMAC contexts).
class Gate {
 public:
  Gate(const std::vector<Account>& accounts, const Clock& clock);
  ~Gate();

  // The gate decides in two steps, each of them synchronous and pure; the caller looks up what the
  // container grants in between, where the claim asks for it. Nothing is looked up for a signature
  // that is not good.

  // Whether the account is served to this address, whoever it proves to be: asked of what needs no
  // credential; the steps below ask it themselves. Errors: kAuthorizationFailure.
  Result<void> check_peer(std::string_view account, std::string_view peer) const;

  // Authenticates, and authorises where that depends on the request alone. Errors:
  // kNoAuthenticationInformation (401) or kResourceNotFound (by version) where there is no
  // credential, kPublicAccessNotPermitted where it could do without one in another account,
  // kInvalidAuthenticationInfo, kAuthenticationFailed with AuthenticationErrorDetail,
  // kAuthorization…Mismatch, kAuthorizationFailure, and for what is not built yet (bearer tokens,
  // user delegation SAS) a 4xx that says so. Never logs or returns a key or a signature it
  // computed.
  Result<Claim> examine(const Call& call, const Needs& needs);

  // Decides. `access` is the container's, null where there is no such container; it counts only
  // where the claim asks. `call` and `needs` are those of the claim. Errors: as above.
  Result<Authorized> decide(const Claim& claim, const Call& call, const Needs& needs,
                            const blob::ContainerAccess* access) const;

  // A visitor of the account's website, who needs no credential and gets none; `call` is to read a
  // page of it. Errors: kAuthorizationFailure.
  Result<Authorized> admit_visitor(const Call& call) const;

  // Both steps, for where the container is known to grant nothing, or `access`.
  Result<Authorized> authorize(const Call& call, const Needs& needs,
                               const blob::ContainerAccess* access = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether the gate refused a SAS for its time alone: whoever sent it once held a good one.
bool is_out_of_time(const Error& refusal);

}  // namespace lapis::azure
