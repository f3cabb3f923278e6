#include "lapis/base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "lapis/base/check.h"

namespace lapis {
namespace {

// Fetched once: an implicit fetch looks the algorithm up for every digest. Never freed, because
// digests may still run while statics are destroyed.
const EVP_MD* fetched_md5() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "MD5", nullptr);
  LAPIS_CHECK(md != nullptr);
  return md;
}

const EVP_MD* fetched_sha256() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  LAPIS_CHECK(md != nullptr);
  return md;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

unsigned char* as_uchar(MutableBytes bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

struct Md5::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  bool finished = false;
};

Md5::Md5() : state_(std::make_unique<State>()) {
  LAPIS_CHECK(state_->context != nullptr);
  LAPIS_CHECK(EVP_DigestInit_ex2(state_->context.get(), fetched_md5(), nullptr) == 1);
}

Md5::Md5(Md5&&) noexcept = default;
Md5& Md5::operator=(Md5&&) noexcept = default;
Md5::~Md5() = default;

void Md5::update(Bytes data) {
  LAPIS_CHECK(!state_->finished);
  LAPIS_CHECK(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1);
}

Md5Digest Md5::finish() {
  LAPIS_CHECK(!state_->finished);
  state_->finished = true;
  Md5Digest digest;
  LAPIS_CHECK(EVP_DigestFinal_ex(state_->context.get(), as_uchar(digest), nullptr) == 1);
  return digest;
}

Md5Digest md5(Bytes data) {
  Md5Digest digest;
  LAPIS_CHECK(
      EVP_Digest(data.data(), data.size(), as_uchar(digest), nullptr, fetched_md5(), nullptr) == 1);
  return digest;
}

Sha256Digest sha256(Bytes data) {
  Sha256Digest digest;
  LAPIS_CHECK(EVP_Digest(data.data(), data.size(), as_uchar(digest), nullptr, fetched_sha256(),
                         nullptr) == 1);
  return digest;
}

bool equal_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace lapis
