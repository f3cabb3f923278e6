#include "azure/signing/keys.h"

#include "lapis/base/base64.h"

namespace lapis::azure {

SigningKeys::SigningKeys(const Account& account) {
  keys_.reserve(account.keys.size());
  for (const auto& key : account.keys) keys_.emplace_back(Bytes(key));
}

std::string SigningKeys::sign(std::string_view text) { return base64_encode(keys_[0].sign(text)); }

bool SigningKeys::verify(std::string_view text, std::string_view base64_signature) {
  const auto given = base64_decode(base64_signature);
  if (!given) return false;
  bool matched = false;
  for (HmacSha256& key : keys_) {
    const Sha256Digest computed = key.sign(text);
    if (equal_constant_time(computed, *given)) matched = true;
  }
  return matched;
}

}  // namespace lapis::azure
