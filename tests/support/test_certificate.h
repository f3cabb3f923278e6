// A self-signed certificate for localhost and 127.0.0.1, made anew for each test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace lapis::test {

struct TestCertificate {
  std::string certificate_file;
  std::string private_key_file;
};

namespace detail {

inline void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("test certificate: ") + what);
}

inline void sign(X509* certificate, EVP_PKEY* key) {
  ::X509_set_version(certificate, 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate), 24 * 3600);
  ::X509_set_pubkey(certificate, key);
  X509_NAME* name = ::X509_get_subject_name(certificate);
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  ::X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      ::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  require(names != nullptr, "names");
  ::X509_add_ext(certificate, names, -1);
  ::X509_EXTENSION_free(names);
  require(::X509_sign(certificate, key, ::EVP_sha256()) > 0, "signature");
}

}  // namespace detail

// Writes the two files, called `name`, into `directory`.
inline TestCertificate make_certificate(const std::filesystem::path& directory,
                                        const std::string& name = "server") {
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(::EVP_EC_gen("P-256"),
                                                                  ::EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(::X509_new(), ::X509_free);
  detail::require(key && certificate, "key");
  detail::sign(certificate.get(), key.get());
  const TestCertificate files{directory / (name + ".crt"), directory / (name + ".key")};
  const auto close = [](std::FILE* file) { return std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> out(
      std::fopen(files.certificate_file.c_str(), "w"), close);
  const std::unique_ptr<std::FILE, decltype(close)> key_out(
      std::fopen(files.private_key_file.c_str(), "w"), close);
  detail::require(out && key_out, "files");
  detail::require(::PEM_write_X509(out.get(), certificate.get()) == 1, "certificate");
  detail::require(
      ::PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "private key");
  return files;
}

}  // namespace lapis::test
