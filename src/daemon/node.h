// Node: everything that lapisd is made of, started in dependency order and stopped in the reverse.
#pragma once

#include <memory>
#include <vector>

#include "daemon/admin_commands.h"
#include "daemon/admin_server.h"
#include "daemon/background_work.h"
#include "daemon/config.h"
#include "daemon/copy_runner.h"
#include "daemon/damage_reporter.h"
#include "daemon/metrics/metrics_page.h"
#include "lapis/admin/socket_server.h"
#include "lapis/base/clock.h"
#include "lapis/blob/inline_mover.h"
#include "lapis/blob/pending_copies.h"
#include "lapis/blob/service.h"
#include "lapis/gateway/gateway.h"
#include "lapis/http/server.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/shard.h"
#include "lapis/source/source_reader.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/storage/local_meta_store.h"
#include "lapis/tier/tierer.h"

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
  // Where /metrics and its like are served; nothing where they are not.
  std::optional<http::ListenAddress> admin_address() const;

  storage::MetaStoreStats meta_stats() const { return meta_->stats(); }

  // Serves new connections with the certificate and key that the configured files hold now.
  // Errors: as Server::reload_tls; what is in force stays.
  Result<void> reload_certificate() { return server_->reload_tls(*config_.tls); }
  // Writes the access log to the file that has the configured name now. Errors: it cannot be
  // opened; the old one stays in use.
  Result<void> reopen_access_log() { return access_log_->reopen(); }

  // Stops accepting, lets requests in flight end within the configured limit, closes everything.
  void stop();

 private:
  // What /readyz goes by. The admin server's thread reads other members only where this says so.
  enum class State : std::uint8_t { kStarting, kServing, kDraining };

  Result<void> start_admin();
  Result<void> start_shards();
  Result<void> open_storage();
  Result<void> start_source_readers();
  void stop_source_readers();
  void start_copy_runners();
  std::uint64_t copies_of_shard() const;
  Result<void> start_serving();
  void start_background_work();
  Result<void> start_observing();
  Result<void> start_commands();
  NodeStatus status() const;
  Result<admin::Json> fsck(const admin::Json& request, const admin::Caller& caller);
  using PathChange = std::function<io::Task<Result<void>>(storage::LocalChunkStore&)>;
  Result<void> change_paths(const PathChange& change);
  void add_path_changes(CommandSources& sources);
  std::string metrics_text() const;
  std::vector<std::string> problems() const;
  void add_path_problems(std::vector<std::string>& problems) const;

  const Config config_;
  SystemClock clock_;
  const Instant started_ = clock_.instant();
  const CycleScale cycles_ = CycleScale::measure();
  std::atomic<State> state_ = State::kStarting;
  MetricSources sources_;  // complete from kServing on
  io::BlockingPool blocking_;
  io::BlockingPool compacting_;  // for what takes minutes: no request waits for it
  std::unique_ptr<io::FileSystem> files_;
  std::unique_ptr<storage::LocalMetaStore> meta_;
  std::vector<std::unique_ptr<io::Shard>> shards_;
  std::unique_ptr<io::Shard> background_shard_;
  std::unique_ptr<storage::LocalChunkStore> chunks_;
  gateway::GatewayShared gateway_shared_;
  std::unique_ptr<gateway::AccessLog> access_log_;
  std::vector<std::unique_ptr<gateway::RequestMetrics>> request_metrics_;  // one a shard, or none
  std::vector<std::unique_ptr<gateway::RequestObserver>> observers_;       // likewise
  std::vector<std::unique_ptr<blob::Service>> services_;                   // one a shard
  std::unique_ptr<blob::Service> background_service_;
  std::unique_ptr<source::Policy> source_policy_;
  std::vector<std::unique_ptr<source::SourceReader>> source_readers_;   // one a shard
  std::vector<std::unique_ptr<source::SourceReader>> pending_readers_;  // likewise
  std::vector<std::unique_ptr<gateway::Gateway>> gateways_;             // likewise
  std::shared_ptr<blob::PendingCopies> copies_;
  std::vector<std::unique_ptr<CopyRunner>> copy_runners_;  // one a shard
  std::unique_ptr<blob::InlineMover> inline_mover_;
  std::unique_ptr<BackgroundWork> background_work_;
  std::unique_ptr<tier::Tierer> tierer_;
  std::unique_ptr<DamageReporter> damage_reporter_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<AdminServer> admin_;
  std::unique_ptr<admin::SocketServer> commands_;
};

}  // namespace lapis::daemon
