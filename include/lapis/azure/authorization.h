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

namespace lapis::azure {

// What an operation asks of a SAS (SharedKey may do everything).
struct Needs {
  std::string_view letters;  // any one of these in `sp`; empty: any valid credential
  char resource_type = 'o';  // of an account SAS's `srt`: 's', 'c' or 'o'
  bool service_sas = true;   // false: never possible with a service SAS (kAuthorizationFailure)
  bool overwrite_needs_w = false;  // with 'c' and no 'w' only a new blob may be made
  bool breaks_lease = false;       // 'd' stands for this from 2017-07-29 on
};

enum class CredentialKind : std::uint8_t { kSharedKey, kAccountSas, kServiceSas };

// Proof that the gate let this request pass. Movable, cannot be made elsewhere.
class Authorized {
 public:
  CredentialKind kind() const { return kind_; }
  bool may_overwrite() const { return may_overwrite_; }

 private:
  friend class Gate;
  Authorized(CredentialKind kind, bool may_overwrite)
      : kind_(kind), may_overwrite_(may_overwrite) {}
  CredentialKind kind_;
  bool may_overwrite_;
};

// Not thread-safe: one a shard (it keeps keyed HMAC contexts).
class Gate {
 public:
  Gate(const std::vector<Account>& accounts, const Clock& clock);
  ~Gate();

  // Whether there is such an account.
  bool knows(std::string_view account) const;

  // Authenticates, then authorises. Errors: kNoAuthenticationInformation (401) or kResourceNotFound
  // (by version) where there is no credential, kInvalidAuthenticationInfo, kAuthenticationFailed
  // with AuthenticationErrorDetail, kAuthorization…Mismatch, kAuthorizationFailure, and for what is
  // not built yet (bearer tokens, stored access policies `si`, user delegation SAS) a 4xx that says
  // so. Never logs or returns a key or a signature it computed.
  Result<Authorized> authorize(const Call& call, const Needs& needs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether the gate refused a SAS for its time alone: whoever sent it once held a good one.
bool is_out_of_time(const Error& refusal);

}  // namespace lapis::azure
