// The accounts of an installation and their keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/http/network.h"

namespace lapis::azure {

// The well-known development account of every Azure SDK (UseDevelopmentStorage=true). Its key is
// public, so it is served on loopback addresses only.
inline constexpr std::string_view kDevelopmentAccount = "devstoreaccount1";
inline constexpr std::string_view kDevelopmentKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

struct Account {
  std::string name;                          // 3 to 24 of [a-z0-9]
  std::vector<std::vector<std::byte>> keys;  // one or two, decoded
  bool public_access = false;                // whether its containers may be made public
  std::vector<http::Network> networks = {};  // whom it is served to; empty: everybody
};

// Errors (for configuration): a bad name, a key that is not base64, none or more than two keys.
Result<Account> make_account(std::string name, const std::vector<std::string>& base64_keys);

}  // namespace lapis::azure
