// The TLS transport over a connected socket. Includes Asio: for listener.cc and connector.cc.
#pragma once

#include <memory>
#include <string>

#include "http/tcp_socket.h"
#include "http/tls.h"

namespace lapis::http {

// `context` outlives the transport. The handshake is still to be done.
std::unique_ptr<Transport> make_tls_server(TcpSocket socket, TlsContext& context);
// `host` is named to the server (SNI) and, where the context verifies, must be in its certificate.
std::unique_ptr<Transport> make_tls_client(TcpSocket socket, TlsContext& context,
                                           const std::string& host);

}  // namespace lapis::http
