#include "daemon/admin_server.h"

#include <utility>

#include "lapis/io/blocking_pool.h"
#include "lapis/io/shard.h"

namespace lapis::daemon {
namespace {

constexpr std::size_t kWaitingJobs = 16;
constexpr std::size_t kMaxConnections = 64;
constexpr std::chrono::milliseconds kStopLimit{500};
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
// The exposition format's own name.
constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

http::Response page(int status, std::string body, std::string_view type = kPlain) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

class AdminHandler final : public http::Handler {
 public:
  AdminHandler(AdminSources sources, io::BlockingPool& blocking)
      : sources_(std::move(sources)), blocking_(blocking) {}

  io::Task<http::Response> handle(const http::Request& request, io::ByteSource&) override {
    if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
      http::Response refused = page(405, "only GET and HEAD\n");
      refused.headers.add("Allow", "GET, HEAD");
      co_return refused;
    }
    const std::string_view path =
        std::string_view(request.target).substr(0, request.target.find('?'));
    if (path == "/livez") co_return page(200, "alive\n");
    if (path == "/readyz") co_return co_await readiness();
    if (path == "/metrics" && sources_.metrics) co_return co_await metrics();
    co_return page(404, "served here: /livez /readyz /metrics (where metrics are on)\n");
  }

  http::Response reject(const Error& error) override {
    return page(info(error.code).http_status, std::string(info(error.code).text) + "\n");
  }

 private:
  io::Task<http::Response> readiness() {
    const auto ask = [this]() -> Result<std::vector<std::string>> { return sources_.problems(); };
    const auto problems = co_await blocking_.run(ask);
    if (!problems) co_return reject(problems.error());
    if (problems->empty()) co_return page(200, "ready\n");
    std::string text = "not ready\n";
    for (const std::string& problem : *problems) text.append(problem).push_back('\n');
    co_return page(503, std::move(text));
  }

  io::Task<http::Response> metrics() {
    const auto ask = [this]() -> Result<std::string> { return sources_.metrics(); };
    auto text = co_await blocking_.run(ask);
    if (!text) co_return reject(text.error());
    co_return page(200, *std::move(text), kMetricsType);
  }

  const AdminSources sources_;
  io::BlockingPool& blocking_;
};

class OwnAdminServer final : public AdminServer {
 public:
  explicit OwnAdminServer(AdminSources sources)
      : blocking_(1, kWaitingJobs), handler_(std::move(sources), blocking_) {}
  ~OwnAdminServer() override { stop(); }

  Result<void> open(const http::ListenAddress& listen, const Clock& clock) {
    io::ShardOptions shard;
    shard.buffer_budget_bytes = 0;
    LAPIS_TRY(shard_, io::Shard::start(shard, clock));
    http::ServerOptions options;
    options.listen = {listen};
    options.max_connections = kMaxConnections;
    LAPIS_TRY(server_, http::Server::start(options, {shard_.get()}, {&handler_}, clock));
    return {};
  }

  http::ListenAddress address() const override { return server_->addresses().front(); }

  void stop() override {
    if (server_) server_->stop(kStopLimit);
    server_.reset();
    if (shard_) shard_->stop();
  }

 private:
  io::BlockingPool blocking_;
  AdminHandler handler_;
  std::unique_ptr<io::Shard> shard_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

Result<std::unique_ptr<AdminServer>> AdminServer::start(const http::ListenAddress& listen,
                                                        AdminSources sources, const Clock& clock) {
  auto server = std::make_unique<OwnAdminServer>(std::move(sources));
  LAPIS_TRY_VOID(server->open(listen, clock));
  return server;
}

}  // namespace lapis::daemon
