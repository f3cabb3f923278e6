#include "http/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>

#include "lapis/http/client.h"
#include "support/http_harness.h"
#include "support/temp_dir.h"
#include "support/test_certificate.h"
#include "support/test_shard.h"

namespace lapis::http {
namespace {

using test::get;
using test::HttpHarness;
using test::RawConnection;
using namespace std::chrono_literals;

ServerOptions with_tls(const test::TestCertificate& files) {
  ServerOptions options;
  options.tls = TlsOptions{files.certificate_file, files.private_key_file};
  return options;
}

class Tls : public testing::Test {
 protected:
  Result<std::unique_ptr<Client>> connect(const ClientTls& tls) {
    ClientOptions options;
    options.host = "127.0.0.1";
    options.port = harness.port();
    options.tls = tls;
    return test::run_on(*shard, [&] { return Client::connect(*shard, options); });
  }
  ClientResponse send(Client& client, const ClientRequest& request) {
    auto response = test::run_on(*shard, [&] { return client.send(request); });
    EXPECT_TRUE(response.has_value()) << to_string(response.error());
    return response.value_or(ClientResponse{});
  }
  // Clients live on the shard, and so end there.
  void drop(std::unique_ptr<Client> client) {
    test::run_on(*shard, [&]() -> io::Task<void> {
      client.reset();
      co_return;
    });
  }

  test::TempDir directory;
  test::TestCertificate files = test::make_certificate(directory.path());
  HttpHarness harness{with_tls(files)};
  test::TestShard shard;
};

TEST_F(Tls, ServesRequestsOnOneConnection) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value()) << to_string(client.error());
  ClientRequest request;
  request.target = "/target";
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(send(**client, request).body, "GET /target 127.0.0.1 secure");
    EXPECT_TRUE((*client)->usable());
  }
  drop(std::move(*client));
}

TEST_F(Tls, MovesLargeBodiesBothWays) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value()) << to_string(client.error());
  ClientRequest upload;
  upload.method = "PUT";
  upload.target = "/echo";
  upload.body.resize(5'000'001);
  for (std::size_t i = 0; i < upload.body.size(); ++i) upload.body[i] = test::pattern_at(i);
  EXPECT_TRUE(send(**client, upload).body == upload.body);
  ClientRequest download;
  download.target = "/stream?5000001";
  EXPECT_TRUE(send(**client, download).body == upload.body);
  drop(std::move(*client));
}

TEST_F(Tls, CutsAStreamOffWhereItsBodyFails) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value());
  ClientRequest request;
  request.target = "/fail?500000";
  const auto response = test::run_on(*shard, [&] { return (*client)->send(request); });
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::kInternalError);
  drop(std::move(*client));
}

TEST_F(Tls, EndsCleanlyWhereAskedToClose) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value());
  ClientRequest request;
  request.target = "/close";
  EXPECT_EQ(send(**client, request).status, 200);
  EXPECT_FALSE((*client)->usable());
  drop(std::move(*client));
}

TEST_F(Tls, ClientRefusesACertificateThatNobodyVouchesFor) {
  const auto other = test::make_certificate(directory.path(), "other");
  const auto client = connect({other.certificate_file, true});
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error().code, ErrorCode::kInternalError);
}

TEST_F(Tls, ClientTakesAnyCertificateWhereItDoesNotVerify) {
  auto client = connect({"", false});
  ASSERT_TRUE(client.has_value()) << to_string(client.error());
  drop(std::move(*client));
}

TEST_F(Tls, ClosesOnPlainText) {
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send(get("/hello")));
  EXPECT_FALSE(connection.receive_rest().starts_with("HTTP"));
  EXPECT_EQ(harness.handler.handled(), 0);
}

TEST_F(Tls, BoundsTheHandshake) {
  RawConnection connection = harness.connect();
  ASSERT_TRUE(connection.send("\x16\x03\x01"));
  ASSERT_TRUE(harness.advance_until_readable(connection, 11s));
  EXPECT_TRUE(connection.is_closed());
}

TEST_F(Tls, StopsWithConnectionsOpen) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value());
  RawConnection in_handshake = harness.connect();
  harness.server->stop(0s);
  EXPECT_EQ(harness.server->stats().connections, 0u);
  drop(std::move(*client));
}

TEST_F(Tls, TakesANewCertificateForNewConnections) {
  auto before = connect({files.certificate_file, true});
  ASSERT_TRUE(before.has_value());
  const auto next = test::make_certificate(directory.path(), "next");
  const Result<void> reloaded =
      harness.server->reload_tls({next.certificate_file, next.private_key_file});
  ASSERT_TRUE(reloaded.has_value()) << to_string(reloaded.error());
  ClientRequest request;
  request.target = "/target";
  EXPECT_EQ(send(**before, request).status, 200) << "the old connection goes on";
  auto after = connect({next.certificate_file, true});
  ASSERT_TRUE(after.has_value()) << to_string(after.error());
  EXPECT_EQ(send(**after, request).status, 200);
  EXPECT_FALSE(connect({files.certificate_file, true}).has_value());
  drop(std::move(*before));
  drop(std::move(*after));
}

TEST_F(Tls, KeepsTheCertificateWhereANewOneCannotBeUsed) {
  const auto other = test::make_certificate(directory.path(), "other");
  const TlsOptions unusable[] = {
      {other.certificate_file, files.private_key_file},
      {files.certificate_file, other.private_key_file},
      {(directory / "none").string(), files.private_key_file},
      {other.private_key_file, other.private_key_file},
  };
  for (const TlsOptions& options : unusable) {
    const Result<void> reloaded = harness.server->reload_tls(options);
    ASSERT_FALSE(reloaded.has_value());
    EXPECT_EQ(reloaded.error().code, ErrorCode::kInvalidInput);
    auto client = connect({files.certificate_file, true});
    ASSERT_TRUE(client.has_value()) << to_string(client.error());
    drop(std::move(*client));
  }
}

TEST_F(Tls, ConnectionsOutliveSeveralCertificates) {
  auto client = connect({files.certificate_file, true});
  ASSERT_TRUE(client.has_value());
  ClientRequest upload;
  upload.method = "PUT";
  upload.target = "/echo";
  upload.body.assign(300'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto next = test::make_certificate(directory.path(), "next");
    ASSERT_TRUE(harness.server->reload_tls({next.certificate_file, next.private_key_file}));
    EXPECT_TRUE(send(**client, upload).body == upload.body) << i;
  }
  drop(std::move(*client));
}

TEST(TlsReload, IsRefusedByAServerWithoutTls) {
  test::TempDir directory;
  const auto files = test::make_certificate(directory.path());
  HttpHarness plain;
  EXPECT_FALSE(plain.server->reload_tls({files.certificate_file, files.private_key_file}));
}

// A client made of OpenSSL alone, for what ours would not do.
class PlainOpenSsl {
 public:
  explicit PlainOpenSsl(std::uint16_t port)
      : connection_(port), context_(::SSL_CTX_new(::TLS_client_method())), ssl_(nullptr) {
    ::SSL_CTX_set_security_level(context_, 0);
  }
  ~PlainOpenSsl() {
    ::SSL_free(ssl_);
    ::SSL_CTX_free(context_);
  }
  SSL_CTX* context() { return context_; }
  SSL* ssl() { return ssl_; }
  bool shake_hands() {
    ssl_ = ::SSL_new(context_);
    ::SSL_set_fd(ssl_, connection_.descriptor());
    return ::SSL_connect(ssl_) == 1;
  }

 private:
  RawConnection connection_;
  SSL_CTX* context_;
  SSL* ssl_;
};

struct VersionCase {
  const char* name;
  int version;
  bool accepted;
};
constexpr VersionCase kVersions[] = {{"Tls10", TLS1_VERSION, false},
                                     {"Tls11", TLS1_1_VERSION, false},
                                     {"Tls12", TLS1_2_VERSION, true},
                                     {"Tls13", TLS1_3_VERSION, true}};

TEST_F(Tls, SpeaksVersionsFrom12On) {
  for (const VersionCase& version : kVersions) {
    PlainOpenSsl client(harness.port());
    ::SSL_CTX_set_min_proto_version(client.context(), version.version);
    ::SSL_CTX_set_max_proto_version(client.context(), version.version);
    EXPECT_EQ(client.shake_hands(), version.accepted) << version.name;
  }
}

TEST_F(Tls, ChoosesHttp11WhereThereIsAChoice) {
  PlainOpenSsl client(harness.port());
  constexpr unsigned char kOffer[] = "\x02h2\x08http/1.1";
  ::SSL_CTX_set_alpn_protos(client.context(), kOffer, sizeof kOffer - 1);
  ASSERT_TRUE(client.shake_hands());
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  ::SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
}

TEST_F(Tls, DoesNotRenegotiate) {
  PlainOpenSsl client(harness.port());
  ::SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_TRUE(client.shake_hands());
  ASSERT_EQ(::SSL_renegotiate(client.ssl()), 1);
  EXPECT_NE(::SSL_do_handshake(client.ssl()), 1);
}

struct FilesCase {
  const char* name;
  const char* certificate;
  const char* key;
  const char* said;  // in the error's detail
};

class TlsFiles : public testing::TestWithParam<FilesCase> {};

TEST_P(TlsFiles, ThatCannotBeUsedAreNamed) {
  test::TempDir directory;
  test::make_certificate(directory.path(), "a");
  test::make_certificate(directory.path(), "b");
  std::ofstream(directory / "text") << "no PEM";
  const TlsOptions options{(directory / GetParam().certificate).string(),
                           (directory / GetParam().key).string()};
  const auto context = TlsContext::for_server(options);
  ASSERT_FALSE(context.has_value());
  EXPECT_EQ(context.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(context.error().detail.find(GetParam().said), std::string::npos)
      << context.error().detail;
}

constexpr FilesCase kFiles[] = {
    {"NoCertificate", "none", "a.key", "certificate"},
    {"NoKey", "a.crt", "none", "private key"},
    {"CertificateIsNoPem", "text", "a.key", "certificate"},
    {"KeyIsNoPem", "a.crt", "text", "private key"},
    {"KeyOfAnother", "a.crt", "b.key", "private key"},
    {"Swapped", "a.key", "a.crt", "certificate"},
};
INSTANTIATE_TEST_SUITE_P(Cases, TlsFiles, testing::ValuesIn(kFiles),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace lapis::http
