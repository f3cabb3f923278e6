// The TLS transport over a connected socket. Includes Asio: for listener.cc and connector.cc.
#pragma once

#include <memory>
#include <string>

#include "http/tcp_socket.h"
#include "http/tls.h"

namespace lapis::http {

// The handshake is still to be done. `context` may go meanwhile: what it was made with is kept by
// each of its connections.
std::unique_ptr<Transport> make_tls_server(TcpSocket socket, TlsContext& context);
// `host` is named to the server (SNI) and, where the context verifies, must be in its certificate.
std::unique_ptr<Transport> make_tls_client(TcpSocket socket, TlsContext& context,
                                           const std::string& host);

}  // namespace lapis::http
