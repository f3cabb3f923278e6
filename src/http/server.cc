#include "lapis/http/server.h"

#include <algorithm>
#include <utility>

#include "http/shard_server.h"
#include "lapis/base/check.h"

namespace lapis::http {
namespace {

class ShardedServer final : public Server {
 public:
  ShardedServer(const ServerOptions& options, const Clock& clock)
      : shared_{options, clock}, addresses_(options.listen) {}

  ~ShardedServer() override { stop(std::chrono::milliseconds(0)); }

  // All shards bind before any accepts, so that a start that fails has served nobody.
  Result<void> open(const std::vector<io::Shard*>& shards, const std::vector<Handler*>& handlers,
                    const std::shared_ptr<TlsContext>& tls) {
    for (const ListenAddress& address : addresses_) {
      LAPIS_TRY_VOID(check_address_is_free(address));
    }
    for (std::size_t i = 0; i < shards.size(); ++i) {
      parts_.push_back(std::make_unique<ShardServer>(*shards[i], *handlers[i], shared_, tls));
      Result<void> outcome;
      shards[i]->run(parts_.back()->open(addresses_, outcome));
      LAPIS_TRY_VOID(std::move(outcome));
    }
    for (const auto& part : parts_) part->shard().run(part->start());
    return {};
  }

  std::vector<ListenAddress> addresses() const override { return addresses_; }

  void stop(std::chrono::milliseconds limit) override {
    if (std::exchange(stopped_, true)) return;
    const Instant deadline = shared_.clock.instant() + limit;
    for (const auto& part : parts_) part->shard().run(part->begin_stop(deadline));
    for (const auto& part : parts_) part->shard().run(part->finish_stop());
  }

  // One context, made of one reading of both files, goes to all shards.
  Result<void> reload_tls(const TlsOptions& options) override {
    if (!shared_.options.tls) return fail(ErrorCode::kInvalidInput, "TLS: not in use");
    LAPIS_TRY(const std::shared_ptr<TlsContext> tls, TlsContext::for_server(options));
    for (const auto& part : parts_) part->shard().run(part->use_tls(tls));
    return {};
  }

  ServerStats stats() const override {
    ServerStats stats;
    stats.connections = shared_.connections.load(std::memory_order_relaxed);
    stats.accepted = shared_.accepted.load(std::memory_order_relaxed);
    for (const auto& part : parts_) {
      stats.requests += part->requests();
      stats.in_flight += part->in_flight();
    }
    return stats;
  }

 private:
  ServerShared shared_;
  std::vector<ListenAddress> addresses_;
  std::vector<std::unique_ptr<ShardServer>> parts_;
  bool stopped_ = false;
};

}  // namespace

Result<void> check_tls(const TlsOptions& options) {
  LAPIS_TRY_VOID(TlsContext::for_server(options));
  return {};
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options,
                                              const std::vector<io::Shard*>& shards,
                                              const std::vector<Handler*>& handlers,
                                              const Clock& clock) {
  LAPIS_CHECK(shards.size() == handlers.size());
  std::shared_ptr<TlsContext> tls;
  if (options.tls) {
    LAPIS_TRY(tls, TlsContext::for_server(*options.tls));
  } else if (std::ranges::any_of(options.listen, &ListenAddress::tls)) {
    return fail(ErrorCode::kInvalidInput,
                "TLS: no certificate for an address that listens with it");
  }
  auto server = std::make_unique<ShardedServer>(options, clock);
  LAPIS_TRY_VOID(server->open(shards, handlers, tls));
  return server;
}

}  // namespace lapis::http
