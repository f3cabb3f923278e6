// Node: everything that lapisd is made of, started in dependency order and stopped in the reverse.
#pragma once

#include <memory>
#include <vector>

#include "daemon/background_work.h"
#include "daemon/config.h"
#include "lapis/base/clock.h"
#include "lapis/blob/service.h"
#include "lapis/gateway/gateway.h"
#include "lapis/http/server.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/storage/local_meta_store.h"

namespace lapis::daemon {

// Used by main's thread only.
class Node {
 public:
  // Serves when it returns. Errors: whatever could not be opened or bound, with the reason.
  // `files` is what extents lie on: the real file system, or a test's.
  static Result<std::unique_ptr<Node>> start(const Config& config,
                                             std::unique_ptr<io::FileSystem> files);
  // Starts nothing by itself: use `start`.
  Node(const Config& config, std::unique_ptr<io::FileSystem> files);
  // As `stop`, where that has not been called.
  ~Node();

  std::vector<http::ListenAddress> addresses() const { return server_->addresses(); }

  storage::MetaStoreStats meta_stats() const { return meta_->stats(); }

  // Serves new connections with the certificate and key that the configured files hold now.
  // Errors: as Server::reload_tls; what is in force stays.
  Result<void> reload_certificate() { return server_->reload_tls(*config_.tls); }

  // Stops accepting, lets requests in flight end within the configured limit, closes everything.
  void stop();

 private:
  Result<void> start_shards();
  Result<void> open_storage();
  Result<void> start_serving();

  const Config config_;
  SystemClock clock_;
  io::BlockingPool blocking_;
  std::unique_ptr<io::FileSystem> files_;
  std::unique_ptr<storage::LocalMetaStore> meta_;
  std::vector<std::unique_ptr<io::Shard>> shards_;
  std::unique_ptr<io::Shard> background_shard_;
  std::unique_ptr<storage::LocalChunkStore> chunks_;
  gateway::GatewayShared gateway_shared_;
  std::vector<std::unique_ptr<blob::Service>> services_;  // one a shard
  std::unique_ptr<blob::Service> background_service_;
  std::vector<std::unique_ptr<gateway::Gateway>> gateways_;  // one a shard
  std::unique_ptr<BackgroundWork> background_work_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace lapis::daemon
