#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/tls_transport.h"

namespace lapis::http {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace {

class AsioTlsContext final : public TlsContext {
 public:
  explicit AsioTlsContext(ssl::context::method method) : context(method) {}
  ssl::context context;
  bool verifies = false;
};

std::unexpected<Error> cannot(const std::string& what, const boost::system::error_code& error) {
  return fail(ErrorCode::kInvalidInput, "TLS: " + what + ": " + error.message());
}

// HTTP/1.1 where the client offers a choice; a client that offers only others goes without.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (::SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void set_policy(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  ::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  ::SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  ::SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // idle connections keep no record buffers
}

class TlsTransport final : public Transport {
 public:
  TlsTransport(TcpSocket socket, ssl::context& context, ssl::stream_base::handshake_type side)
      : stream_(std::move(socket), context), side_(side) {}

  SSL* native() { return stream_.native_handle(); }
  template <class Check>
  void verify_with(Check check) {
    stream_.set_verify_callback(std::move(check));
  }

  void start_handshake(IoOp& op) override { stream_.async_handshake(side_, Resume{&op}); }

  void start_read(MutableBytes into, IoOp& op) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    if (finished_) {
      stream_.next_layer().async_read_some(buffer, ResumeRead{&op});
    } else {
      stream_.async_read_some(buffer, ResumeTlsRead{&op});
    }
  }

  IoResult write_now(const Pieces&) override { return {}; }

  void start_write(const Pieces& pieces, IoOp& op) override {
    const std::array<asio::const_buffer, 2> buffers{
        asio::const_buffer(pieces.first.data(), pieces.first.size()),
        asio::const_buffer(pieces.second.data(), pieces.second.size())};
    stream_.async_write_some(buffers, Resume{&op});
  }

  // close_notify goes out and the peer's is not waited for, as if it had come already.
  void start_finish(IoOp& op) override {
    finished_ = true;
    ::SSL_set_shutdown(native(), ::SSL_get_shutdown(native()) | SSL_RECEIVED_SHUTDOWN);
    stream_.async_shutdown(ResumeFinish{this, &op});
  }

  void stop_reading() override {
    shut_down(stream_.next_layer(), asio::socket_base::shutdown_receive);
  }
  void abort() override { shut_down(stream_.next_layer(), asio::socket_base::shutdown_both); }
  std::string_view tls_version() override { return ::SSL_get_version(native()); }

 private:
  // A peer that closes without close_notify has ended the stream all the same: HTTP's own framing
  // says whether something is missing.
  struct ResumeTlsRead {
    IoOp* op;
    void operator()(boost::system::error_code error, std::size_t bytes) const {
      if (error == ssl::error::stream_truncated) error = asio::error::eof;
      ResumeRead{op}(error, bytes);
    }
  };
  struct ResumeFinish {
    TlsTransport* self;
    IoOp* op;
    void operator()(const boost::system::error_code& error) const {
      shut_down(self->stream_.next_layer(), asio::socket_base::shutdown_send);
      Resume{op}(error);
    }
  };

  ssl::stream<TcpSocket> stream_;
  ssl::stream_base::handshake_type side_;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::for_server(const TlsOptions& options) {
  auto made = std::make_unique<AsioTlsContext>(ssl::context::tls_server);
  ssl::context& context = made->context;
  set_policy(context);
  ::SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_protocol, nullptr);
  boost::system::error_code error;
  // A key with a pass phrase is an error; OpenSSL would ask for it on the terminal.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; },
                                error);
  if (error) return cannot("pass phrase", error);
  context.use_certificate_chain_file(options.certificate_file, error);
  if (error) return cannot("certificate " + options.certificate_file, error);
  context.use_private_key_file(options.private_key_file, ssl::context::pem, error);
  if (error) return cannot("private key " + options.private_key_file, error);
  if (::SSL_CTX_check_private_key(context.native_handle()) != 1) {
    ::ERR_clear_error();
    return fail(ErrorCode::kInvalidInput, "TLS: private key " + options.private_key_file +
                                              " does not belong to certificate " +
                                              options.certificate_file);
  }
  return made;
}

Result<std::unique_ptr<TlsContext>> TlsContext::for_client(const ClientTls& options) {
  auto made = std::make_unique<AsioTlsContext>(ssl::context::tls_client);
  ssl::context& context = made->context;
  set_policy(context);
  made->verifies = options.verify;
  context.set_verify_mode(options.verify ? ssl::verify_peer : ssl::verify_none);
  boost::system::error_code error;
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(options.ca_file, error);
  }
  if (error) return cannot("certificate authorities " + options.ca_file, error);
  return made;
}

std::unique_ptr<Transport> make_tls_server(TcpSocket socket, TlsContext& context) {
  auto& own = static_cast<AsioTlsContext&>(context);
  return std::make_unique<TlsTransport>(std::move(socket), own.context, ssl::stream_base::server);
}

std::unique_ptr<Transport> make_tls_client(TcpSocket socket, TlsContext& context,
                                           const std::string& host) {
  auto& own = static_cast<AsioTlsContext&>(context);
  auto transport =
      std::make_unique<TlsTransport>(std::move(socket), own.context, ssl::stream_base::client);
  boost::system::error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (not_an_address) ::SSL_set_tlsext_host_name(transport->native(), host.c_str());
  if (own.verifies) transport->verify_with(ssl::host_name_verification(host));
  return transport;
}

}  // namespace lapis::http
