#include "lapis/http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "lapis/io/task_group.h"
#include "support/http_harness.h"
#include "support/test_shard.h"

namespace lapis::http {
namespace {

using test::HttpHarness;
using namespace std::chrono_literals;

ClientOptions to(const HttpHarness& harness) {
  ClientOptions options;
  options.host = "127.0.0.1";
  options.port = harness.port();
  return options;
}

ClientRequest request(std::string method, std::string target, std::string body = {}) {
  ClientRequest made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.body = std::move(body);
  return made;
}

// Connects, sends `requests` one after another, and returns the last response.
io::Task<Result<ClientResponse>> send_all(io::Shard& shard, ClientOptions options,
                                          std::vector<ClientRequest> requests) {
  LAPIS_CO_TRY(const auto client, co_await Client::connect(shard, std::move(options)));
  Result<ClientResponse> response = fail(ErrorCode::kInternalError, "no request");
  for (const ClientRequest& each : requests) {
    if (!client->usable()) co_return fail(ErrorCode::kInternalError, "not usable");
    response = co_await client->send(each);
    if (!response) break;
  }
  co_return response;
}

Result<ClientResponse> exchange(HttpHarness& harness, const ClientOptions& options,
                                const std::vector<ClientRequest>& requests) {
  return test::run_on(harness.shard(),
                      [&] { return send_all(harness.shard(), options, requests); });
}

TEST(Client, SendsRequestsOneAfterAnother) {
  HttpHarness harness;
  const auto response = exchange(
      harness, to(harness),
      {request("GET", "/hello"), request("HEAD", "/announce?9"), request("PUT", "/echo", "abc")});
  ASSERT_TRUE(response.has_value()) << to_string(response.error());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "abc");
  EXPECT_EQ(response->headers.get("x-path"), "/echo");
}

TEST(Client, ResolvesNames) {
  HttpHarness harness;
  ClientOptions options = to(harness);
  options.host = "localhost";  // may name ::1 first, where nobody listens
  const auto response = exchange(harness, options, {request("GET", "/hello")});
  ASSERT_TRUE(response.has_value()) << to_string(response.error());
  EXPECT_EQ(response->body, "hello");
}

TEST(Client, PassesOverInterimResponses) {
  HttpHarness harness;
  ClientRequest put = request("PUT", "/echo", std::string(100'000, 'x'));
  put.headers.add("Expect", "100-continue");
  const auto response = exchange(harness, to(harness), {put});
  ASSERT_TRUE(response.has_value()) << to_string(response.error());
  EXPECT_EQ(response->body.size(), 100'000u);
}

TEST(Client, SaysThatAConnectionThatClosesIsNotUsable) {
  HttpHarness harness;
  const auto response =
      exchange(harness, to(harness), {request("GET", "/close"), request("GET", "/hello")});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().detail, "not usable");
}

TEST(Client, FailsWhereNobodyListens) {
  HttpHarness harness;
  const ClientOptions options = to(harness);
  harness.server->stop(0s);
  const auto response = exchange(harness, options, {request("GET", "/hello")});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::kInternalError);
}

TEST(Client, FailsWhereTheBodyIsCutShort) {
  HttpHarness harness;
  const auto response = exchange(harness, to(harness), {request("GET", "/fail?500000")});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::kInternalError);
}

TEST(Client, FailsWhereTheBodyIsOverItsLimit) {
  HttpHarness harness;
  ClientOptions options = to(harness);
  options.max_body_bytes = 1000;
  EXPECT_TRUE(exchange(harness, options, {request("GET", "/stream?1000")}).has_value());
  EXPECT_FALSE(exchange(harness, options, {request("GET", "/stream?1001")}).has_value());
}

TEST(Client, GivesUpOnAServerThatSaysNothing) {
  HttpHarness harness;
  ClientOptions options = to(harness);
  options.stall_timeout = 50ms;
  const auto response = exchange(harness, options, {request("GET", "/wait")});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, ErrorCode::kOperationTimedOut);
}

struct WriteCase {
  const char* name;
  ClientRequest request;
};

TEST(Client, WritesNoRequestThatCouldBeReadAsTwo) {
  HttpHarness harness;
  ClientRequest split_value = request("GET", "/hello");
  split_value.headers.add("x", "a\r\n\r\nGET /hello HTTP/1.1");
  ClientRequest split_name = request("GET", "/hello");
  split_name.headers.add("x: y\r\nz", "a");
  const WriteCase cases[] = {
      {"value", split_value},
      {"name", split_name},
      {"target", request("GET", "/hello HTTP/1.1\r\nx: y")},
      {"no path", request("GET", "hello")},
      {"method", request("GET /x", "/hello")},
  };
  for (const WriteCase& each : cases) {
    const auto response = exchange(harness, to(harness), {each.request});
    ASSERT_FALSE(response.has_value()) << each.name;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalidInput) << each.name;
  }
  EXPECT_EQ(harness.handler.handled(), 0);
}

// Opens `target` and reads its body in pieces of `piece` bytes; then says hello on the same
// connection where it can.
struct Streamed {
  ClientResponse head;
  std::string body;
  std::string afterwards;
};
io::Task<Result<Streamed>> stream(io::Shard& shard, ClientOptions options, std::string target,
                                  std::size_t piece) {
  LAPIS_CO_TRY(const auto client, co_await Client::connect(shard, std::move(options)));
  const ClientRequest get = request("GET", target);
  Streamed streamed;
  LAPIS_CO_TRY(streamed.head, co_await client->open(get));
  std::string into(piece, '\0');
  while (true) {
    const MutableBytes room = std::as_writable_bytes(std::span(into));
    LAPIS_CO_TRY(const std::size_t count, co_await client->read_body(room));
    if (count == 0) break;
    streamed.body.append(into, 0, count);
  }
  if (client->usable()) {
    const ClientRequest hello = request("GET", "/hello");
    LAPIS_CO_TRY(const ClientResponse response, co_await client->send(hello));
    streamed.afterwards = response.body;
  }
  co_return streamed;
}

TEST(Client, ReadsABodyPieceByPiece) {
  HttpHarness harness;
  ClientOptions options = to(harness);
  options.max_body_bytes = 10;  // of bodies that are kept whole
  std::vector<std::string> bodies;
  for (const std::size_t piece : {1000u, 4096u, 300'000u}) {
    const auto streamed = test::run_on(
        harness.shard(), [&] { return stream(harness.shard(), options, "/stream?300000", piece); });
    ASSERT_TRUE(streamed) << to_string(streamed.error());
    EXPECT_EQ(streamed->head.body_length, 300'000u);
    EXPECT_EQ(streamed->head.body, "");
    EXPECT_EQ(streamed->afterwards, "hello");
    bodies.push_back(streamed->body);
  }
  EXPECT_EQ(bodies[0].size(), 300'000u);
  EXPECT_EQ(bodies[1], bodies[0]);
  EXPECT_EQ(bodies[2], bodies[0]);
}

TEST(Client, KnowsWhereThereIsNoBody) {
  HttpHarness harness;
  for (const char* target : {"/204", "/304", "/stream?0"}) {
    const auto streamed = test::run_on(
        harness.shard(), [&] { return stream(harness.shard(), to(harness), target, 10); });
    ASSERT_TRUE(streamed) << target << to_string(streamed.error());
    EXPECT_EQ(streamed->head.body_length, 0u) << target;
    EXPECT_EQ(streamed->afterwards, "hello") << target;
  }
}

TEST(Client, FailsWhereAStreamedBodyIsCutShort) {
  HttpHarness harness;
  const auto streamed = test::run_on(harness.shard(), [&] {
    return stream(harness.shard(), to(harness), "/fail?500000", 100'000);
  });
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().code, ErrorCode::kInternalError);
}

TEST(Client, ConnectsOnlyWhereItMay) {
  HttpHarness harness;
  ClientOptions options = to(harness);
  options.host = "localhost";
  std::vector<std::string> asked;
  options.permits = [&asked](const IpAddress& address) {
    asked.push_back(to_string(address));
    return false;
  };
  const auto refused = exchange(harness, options, {request("GET", "/hello")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAuthorizationFailure);
  EXPECT_FALSE(asked.empty());
  EXPECT_EQ(harness.handler.handled(), 0);

  const auto v4 = parse_ip_address("127.0.0.1");
  options.permits = [&v4](const IpAddress& address) { return address == v4; };
  EXPECT_TRUE(exchange(harness, options, {request("GET", "/hello")}));
}

// Accepts connections, in its backlog, and says nothing.
class SilentListener {
 public:
  SilentListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, raw, length) != 0 || ::listen(socket_, 1) != 0 ||
        ::getsockname(socket_, raw, &length) != 0) {
      throw std::runtime_error("no listener");
    }
    port_ = ntohs(address.sin_port);
  }
  SilentListener(const SilentListener&) = delete;
  ~SilentListener() { ::close(socket_); }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

// Breaks off after so many turns of the loop, while connecting or the handshake is under way.
io::Task<void> abort_later(io::Shard& shard, Client& client, int turns) {
  for (; turns > 0; --turns) co_await shard.sleep(1ms);
  client.abort();
}

io::Task<Result<void>> connect_and_abort(io::Shard& shard, ClientOptions options, int turns) {
  const auto client = Client::make(shard, std::move(options));
  io::TaskGroup tasks;
  tasks.spawn(abort_later(shard, *client, turns));
  auto connected = co_await client->connect();
  co_await tasks.close();
  co_return connected;
}

TEST(Client, BreaksConnectingOff) {
  test::TestShard shard;
  const SilentListener listener;
  ClientOptions options;
  options.host = "127.0.0.1";
  options.port = listener.port();
  options.tls = ClientTls{.ca_file = {}, .verify = false};
  options.connect_timeout = 1h;
  for (const int turns : {0, 1, 20}) {
    const auto connected =
        test::run_on(*shard, [&] { return connect_and_abort(*shard, options, turns); });
    ASSERT_FALSE(connected) << turns;
    EXPECT_EQ(connected.error().code, ErrorCode::kInternalError) << turns;
  }
}

io::Task<Result<std::string>> pipeline(io::Shard& shard, ClientOptions options, std::string raw) {
  LAPIS_CO_TRY(const auto client, co_await Client::connect(shard, std::move(options)));
  LAPIS_CO_TRY_VOID(co_await client->write(as_bytes(raw)));
  LAPIS_CO_TRY(const ClientResponse first, co_await client->read_response(false));
  LAPIS_CO_TRY(const ClientResponse second, co_await client->read_response(false));
  co_return first.body + " " + second.body;
}

TEST(Client, ReadsPipelinedResponses) {
  HttpHarness harness;
  const std::string raw = test::put("/echo", "first") + test::get("/hello");
  const ClientOptions options = to(harness);
  const auto both =
      test::run_on(harness.shard(), [&] { return pipeline(harness.shard(), options, raw); });
  ASSERT_TRUE(both.has_value()) << to_string(both.error());
  EXPECT_EQ(*both, "first hello");
}

}  // namespace
}  // namespace lapis::http
