#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string>

#include "lapis/base/check.h"
#include "lapis/base/digest.h"

namespace lapis {
namespace {

// Fetched once and never freed, as the digests are.
EVP_MAC* fetched_hmac() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  LAPIS_CHECK(mac != nullptr);
  return mac;
}

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

}  // namespace

struct HmacSha256::State {
  std::unique_ptr<EVP_MAC_CTX, FreeContext> context{EVP_MAC_CTX_new(fetched_hmac())};
};

HmacSha256::HmacSha256(Bytes key) : state_(std::make_unique<State>()) {
  LAPIS_CHECK(state_->context != nullptr);
  std::string digest = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  // A null key would mean "as before": an empty one needs an address too.
  static constexpr unsigned char kEmpty = 0;
  const auto* const bytes =
      key.empty() ? &kEmpty : reinterpret_cast<const unsigned char*>(key.data());
  LAPIS_CHECK(EVP_MAC_init(state_->context.get(), bytes, key.size(), params) == 1);
}

HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

Sha256Digest HmacSha256::sign(std::string_view message) {
  EVP_MAC_CTX* const context = state_->context.get();
  // Without a key this goes back to the state after the key was hashed.
  LAPIS_CHECK(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);
  LAPIS_CHECK(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(message.data()),
                             message.size()) == 1);
  Sha256Digest digest;
  std::size_t written = 0;
  LAPIS_CHECK(EVP_MAC_final(context, reinterpret_cast<unsigned char*>(digest.data()), &written,
                            digest.size()) == 1);
  LAPIS_CHECK(written == digest.size());
  return digest;
}

}  // namespace lapis
