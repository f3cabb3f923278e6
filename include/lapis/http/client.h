// A small HTTP client: one connection, plain or TLS, requests one after another, whole responses in
// memory. For copying from a URL and for tests; it follows no redirect and pools nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/result.h"
#include "lapis/http/message.h"
#include "lapis/io/shard.h"
#include "lapis/io/task.h"

namespace lapis::http {

struct ClientTls {
  std::string ca_file;  // PEM; empty: the system's authorities
  bool verify = true;   // the server's certificate, and that it is for the host
};

struct ClientOptions {
  std::string host;  // a name or an IP literal
  std::uint16_t port = 80;
  std::optional<ClientTls> tls;
  std::chrono::milliseconds connect_timeout{10'000};  // name, connection and handshake
  std::chrono::milliseconds stall_timeout{60'000};    // no byte moved
  std::uint32_t max_head_bytes = 64 * 1024;
  std::uint64_t max_body_bytes = 64ull << 20;
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
};

// Lives on its shard. One operation at a time, ended before the client is destroyed.
// Errors of all operations: kOperationTimedOut, kInvalidInput (a request that cannot be written as
// one), else kInternalError (unreachable, closed early, no HTTP, over a limit); the detail says
// what.
class Client {
 public:
  static io::Task<Result<std::unique_ptr<Client>>> connect(io::Shard& shard, ClientOptions options);
  virtual ~Client() = default;

  // Sends `request` and reads its response. `request` outlives the task.
  virtual io::Task<Result<ClientResponse>> send(const ClientRequest& request) = 0;

  // The halves of `send`, for pipelining and for bytes that are no request. `raw` outlives the
  // task.
  virtual io::Task<Result<void>> write(Bytes raw) = 0;
  // The next response; interim (1xx) ones are passed over. `to_head`: it has no body.
  virtual io::Task<Result<ClientResponse>> read_response(bool to_head) = 0;

  // True while another request can be sent: the last response was whole and the server keeps the
  // connection.
  virtual bool usable() const = 0;
};

}  // namespace lapis::http
