// A listening socket of one shard.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "http/tls.h"
#include "http/transport.h"
#include "lapis/base/result.h"
#include "lapis/http/server.h"
#include "lapis/io/shard.h"
#include "lapis/io/task.h"

namespace lapis::http {

struct Accepted {
  std::unique_ptr<Transport> transport;  // null where `error` is set
  std::string peer_address;
  std::uint16_t peer_port = 0;
  bool secure = false;
  std::error_code error;
};

// Lives on its shard. At most one `accept` at a time, ended before destruction.
class Listener {
 public:
  virtual ~Listener() = default;

  // Binds with SO_REUSEPORT, so that each shard has its own. `tls` is looked at for each
  // connection, so that it can be replaced; it is needed where the address says so, and outlives
  // the listener. Errors: no IP literal, or what bind says.
  static Result<std::unique_ptr<Listener>> open(io::Shard& shard, const ListenAddress& address,
                                                const std::shared_ptr<TlsContext>& tls);
  // The port in use.
  virtual std::uint16_t port() const = 0;
  // The next connection, with TCP_NODELAY; a TLS one still has its handshake before it.
  virtual io::Task<Accepted> accept() = 0;
  // Refuses new connections and makes a pending `accept` end with an error.
  virtual void stop() = 0;
};

// Error where some socket listens on the address: SO_REUSEPORT alone would let a second server of
// the same user share the port and take half of the connections.
Result<void> check_address_is_free(const ListenAddress& address);

}  // namespace lapis::http
