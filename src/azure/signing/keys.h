// An account's keys, ready to sign. Not thread-safe: one a shard.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lapis/azure/accounts.h"
#include "lapis/base/digest.h"

namespace lapis::azure {

class SigningKeys {
 public:
  explicit SigningKeys(const Account& account);

  // The signature of `text` by the first key, in base64.
  std::string sign(std::string_view text);

  // True where one of the keys made `base64_signature` for `text`. Takes a time that depends on
  // lengths only.
  bool verify(std::string_view text, std::string_view base64_signature);

 private:
  std::vector<HmacSha256> keys_;
};

}  // namespace lapis::azure
