// Authentication by an Authorization header: SharedKey and SharedKeyLite.
#pragma once

#include <string_view>

#include "azure/signing/keys.h"
#include "lapis/azure/call.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// `keys` are those of the account that the request addresses; null where there is none of that
// name. Errors: kInvalidAuthenticationInfo (the header, a scheme that is not built),
// kAuthenticationFailed with AuthenticationErrorDetail. The detail of a wrong signature shows the
// string that was signed, which holds nothing that the client did not send.
Result<void> check_shared_key(const Call& call, std::string_view authorization, SigningKeys* keys,
                              Timestamp now);

}  // namespace lapis::azure
