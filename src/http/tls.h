// TLS: certificates and policy. Versions 1.2 and 1.3, no renegotiation, the library's ciphers.
#pragma once

#include <memory>
#include <string>

#include "lapis/base/result.h"
#include "lapis/http/client.h"
#include "lapis/http/server.h"

namespace lapis::http {

// What connections share: keys, certificates, policy. Thread-safe once made.
class TlsContext {
 public:
  virtual ~TlsContext() = default;

  // Errors: files that cannot be read, are no PEM, or do not belong together; the detail says
  // which.
  static Result<std::unique_ptr<TlsContext>> for_server(const TlsOptions& options);
  static Result<std::unique_ptr<TlsContext>> for_client(const ClientTls& options);
};

}  // namespace lapis::http
