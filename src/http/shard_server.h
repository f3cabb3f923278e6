// The server on one shard: its listeners, its sessions, its sweeper.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_set>
#include <vector>

#include "http/listener.h"
#include "http/session.h"
#include "http/session_home.h"
#include "http/tls.h"
#include "lapis/http/server.h"
#include "lapis/io/shard.h"
#include "lapis/io/task_group.h"

namespace lapis::http {

// What the shards of a server share. Thread-safe.
struct ServerShared {
  ServerOptions options;
  const Clock& clock;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::uint64_t> accepted{0};
};

// Tasks are run on the shard; the counts are for any thread. Constructor references outlive it.
class ShardServer {
 public:
  // `tls` is null where nothing listens with TLS.
  ShardServer(io::Shard& shard, Handler& handler, ServerShared& shared,
              std::shared_ptr<TlsContext> tls);

  // Binds `addresses`, and writes the ports that the kernel picked into them. Accepts nothing yet.
  io::Task<void> open(std::vector<ListenAddress>& addresses, Result<void>& outcome);
  io::Task<void> start();
  // Connections that are accepted from now on take `tls`.
  io::Task<void> use_tls(std::shared_ptr<TlsContext> tls);
  // Accepts no more, closes idle connections; the others are cut off at `deadline`.
  io::Task<void> begin_stop(Instant deadline);
  // Completes when everything has ended.
  io::Task<void> finish_stop();

  std::uint64_t requests() const { return home_.requests.load(std::memory_order_relaxed); }
  std::uint64_t in_flight() const {
    // In this order, so that the difference is never below zero.
    const std::uint64_t served = home_.served.load(std::memory_order_acquire);
    return home_.requests.load(std::memory_order_relaxed) - served;
  }
  io::Shard& shard() { return shard_; }

 private:
  class Registration;

  io::Task<void> accept_loop(Listener& listener);
  io::Task<void> sweep_loop();
  io::Task<void> serve(Accepted accepted);
  void update_time();

  io::Shard& shard_;
  ServerShared& shared_;
  SessionHome home_;
  std::shared_ptr<TlsContext> tls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_set<Session*> sessions_;
  Instant stop_deadline_ = Instant::max();
  io::TaskGroup tasks_;
};

}  // namespace lapis::http
