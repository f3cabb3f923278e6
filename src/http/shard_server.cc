#include "http/shard_server.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "lapis/base/log.h"

namespace lapis::http {
namespace {

// How long accepting pauses where there are too many connections, or no descriptor for another.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kLongestStep{100};
constexpr std::chrono::milliseconds kShortestStep{10};

// The sweeper's step: fine enough for the shortest limit.
std::chrono::milliseconds step_for(const ServerOptions& options) {
  const auto shortest =
      std::min({options.head_timeout, options.idle_timeout, options.stall_timeout});
  return std::clamp(shortest / 8, kShortestStep, kLongestStep);
}

}  // namespace

// A connection counts, and its session is swept, for as long as this lives.
class ShardServer::Registration {
 public:
  Registration(ShardServer& server, Session& session) : server_(server), session_(session) {
    server_.sessions_.insert(&session_);
  }
  ~Registration() { server_.sessions_.erase(&session_); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  ShardServer& server_;
  Session& session_;
};

ShardServer::ShardServer(io::Shard& shard, Handler& handler, ServerShared& shared,
                         std::shared_ptr<TlsContext> tls)
    : shard_(shard), shared_(shared), home_(shared.options, handler), tls_(std::move(tls)) {
  home_.time.step = step_for(shared.options);
  update_time();
}

void ShardServer::update_time() {
  home_.time.now = shared_.clock.instant();
  home_.common.refresh(shared_.clock.now());
}

io::Task<void> ShardServer::open(std::vector<ListenAddress>& addresses, Result<void>& outcome) {
  for (ListenAddress& address : addresses) {
    auto listener = Listener::open(shard_, address, tls_);
    if (!listener) {
      outcome = fail(std::move(listener).error());
      co_return;
    }
    address.port = (*listener)->port();
    listeners_.push_back(std::move(*listener));
  }
}

io::Task<void> ShardServer::start() {
  tasks_.spawn(sweep_loop());
  for (const auto& listener : listeners_) tasks_.spawn(accept_loop(*listener));
  co_return;
}

io::Task<void> ShardServer::use_tls(std::shared_ptr<TlsContext> tls) {
  tls_ = std::move(tls);
  co_return;
}

io::Task<void> ShardServer::begin_stop(Instant deadline) {
  home_.draining = true;
  stop_deadline_ = deadline;
  for (const auto& listener : listeners_) listener->stop();
  for (Session* session : sessions_) session->drain();
  co_return;
}

io::Task<void> ShardServer::finish_stop() {
  co_await tasks_.close();
  listeners_.clear();
}

// The bound on connections may be passed by one for each listener: those already accepting.
io::Task<void> ShardServer::accept_loop(Listener& listener) {
  bool in_trouble = false;
  while (!home_.draining) {
    if (shared_.connections.load(std::memory_order_relaxed) >= shared_.options.max_connections) {
      co_await shard_.sleep(kAcceptPause);
      continue;
    }
    Accepted accepted = co_await listener.accept();
    if (home_.draining) break;
    if (!accepted.error) {
      in_trouble = false;
      tasks_.spawn(serve(std::move(accepted)));
    } else if (accepted.error != std::errc::connection_aborted) {
      if (!std::exchange(in_trouble, true)) {
        log_error("http", "cannot accept, pausing", {{"error", accepted.error.message()}});
      }
      co_await shard_.sleep(kAcceptPause);
    }
  }
}

io::Task<void> ShardServer::serve(Accepted accepted) {
  shared_.connections.fetch_add(1, std::memory_order_relaxed);
  shared_.accepted.fetch_add(1, std::memory_order_relaxed);
  try {
    Session session(home_, accepted);
    const Registration registration(*this, session);
    co_await session.run();
  } catch (const std::exception& error) {
    log_error("http", "session ended by an exception", {{"what", error.what()}});
  } catch (...) {
    log_error("http", "session ended by an exception");
  }
  accepted.transport.reset();
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
}

io::Task<void> ShardServer::sweep_loop() {
  while (!home_.draining || !sessions_.empty()) {
    co_await shard_.sleep(home_.time.step);
    update_time();
    const bool cut_off = home_.time.now >= stop_deadline_;
    for (Session* session : sessions_) {
      session->sweep(home_.time.now);
      if (cut_off) session->abort();
    }
  }
}

}  // namespace lapis::http
