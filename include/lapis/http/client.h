// A small HTTP client: one connection, plain or TLS, requests one after another, responses whole in
// memory or with their bodies read piece by piece. For copying from a URL and for tests; it follows
// no redirect and pools nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/result.h"
#include "lapis/http/ip_address.h"
#include "lapis/http/message.h"
#include "lapis/io/shard.h"
#include "lapis/io/task.h"

namespace lapis::http {

struct ClientTls {
  std::string ca_file;  // PEM; empty: the system's authorities
  bool verify = true;   // the server's certificate, and that it is for the host
};

// What connections with TLS share: authorities, policy. Thread-safe once made.
class TlsContext;
// Errors: kInvalidInput, with the file that cannot be used.
Result<std::shared_ptr<TlsContext>> make_client_tls(const ClientTls& options);

struct ClientOptions {
  std::string host;  // a name or an IP literal
  std::uint16_t port = 80;
  std::optional<ClientTls> tls;
  std::shared_ptr<TlsContext> tls_context;  // instead of `tls`: made once for many connections
  std::chrono::milliseconds connect_timeout{10'000};  // name, connection and handshake
  // How long a response may keep us waiting for each 16 KiB of it; and a request that is sent.
  std::chrono::milliseconds stall_timeout{60'000};
  std::uint32_t max_head_bytes = 64 * 1024;
  std::uint64_t max_body_bytes = 64ull << 20;  // of a response that is kept in memory
  // Whether an address may be connected to. Asked of each that the host has, right before it is
  // connected to: whatever its name meant earlier. Empty: all may be.
  std::function<bool(const IpAddress& address)> permits;
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";  // "/path?query", encoded
  // Host and Content-Length are added where missing (the latter for a body, PUT and POST).
  Headers headers;
  std::string body;
};

struct ClientResponse {
  int status = 0;
  std::string reason;
  Headers headers;
  std::string body;  // without its transfer coding
  bool keep_alive = false;
  std::optional<std::uint64_t> body_length;  // of `open`: how long the body is, where that is told
};

// Lives on its shard. One operation at a time, ended before the client is destroyed.
// Errors of all operations: kOperationTimedOut, kInvalidInput (a request that cannot be written as
// one), kAuthorizationFailure (an address that may not be connected to), else kInternalError
// (unreachable, closed early, no HTTP, over a limit); the detail says what.
class Client {
 public:
  static io::Task<Result<std::unique_ptr<Client>>> connect(io::Shard& shard, ClientOptions options);
  // The halves of that, for who wants to break connecting off: nothing but `connect` comes first.
  static std::unique_ptr<Client> make(io::Shard& shard, ClientOptions options);
  virtual io::Task<Result<void>> connect() = 0;
  virtual ~Client() = default;

  // Sends `request` and reads its response. `request` outlives the task.
  virtual io::Task<Result<ClientResponse>> send(const ClientRequest& request) = 0;

  // As `send`, but the body is left to `read_body`, however long it is.
  virtual io::Task<Result<ClientResponse>> open(const ClientRequest& request) = 0;
  // Fills some of `into` (which is not empty and stays valid until completion) from the body of the
  // response that was opened, without its transfer coding, and returns how much; 0 at its end.
  // Where its length was told, the bytes come straight from the socket.
  virtual io::Task<Result<std::size_t>> read_body(MutableBytes into) = 0;

  // The halves of `send`, for pipelining and for bytes that are no request. `raw` outlives the
  // task.
  virtual io::Task<Result<void>> write(Bytes raw) = 0;
  // The next response; interim (1xx) ones are passed over. `to_head`: it has no body.
  virtual io::Task<Result<ClientResponse>> read_response(bool to_head) = 0;

  // True while another request can be sent: the last response was whole and the server keeps the
  // connection.
  virtual bool usable() const = 0;

  // Makes what is in flight, and everything later, fail soon. At any time; while a name is looked
  // up, when that has ended.
  virtual void abort() = 0;
};

}  // namespace lapis::http
