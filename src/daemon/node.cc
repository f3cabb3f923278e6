#include "daemon/node.h"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "lapis/base/log.h"
#include "lapis/blob/access_queue.h"
#include "lapis/blob/read_epochs.h"

namespace lapis::daemon {
namespace {

constexpr std::size_t kBlockingThreads = 4;
constexpr std::size_t kBlockingQueue = 4'096;
constexpr std::uint64_t kBackgroundBufferBytes = 16ull << 20;

// The cores this process may run on: fewer than the machine has under taskset, a cpuset or
// systemd's CPUAffinity. A shard more than cores only takes turns with another.
unsigned usable_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) == 0) {
    return std::max(1u, static_cast<unsigned>(CPU_COUNT(&cores)));
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

unsigned shard_count(const Config& config) {
  return config.shards != 0 ? config.shards : usable_cores();
}

}  // namespace

Node::Node(const Config& config, std::unique_ptr<io::FileSystem> files)
    : config_(config),
      blocking_(kBlockingThreads, kBlockingQueue),
      compacting_(1, 1),
      files_(std::move(files)) {}

Result<std::unique_ptr<Node>> Node::start(const Config& config,
                                          std::unique_ptr<io::FileSystem> files) {
  auto node = std::make_unique<Node>(config, std::move(files));
  LAPIS_TRY_VOID(node->start_admin());
  LAPIS_TRY_VOID(node->start_shards());
  LAPIS_TRY_VOID(node->open_storage());
  LAPIS_TRY_VOID(node->start_serving());
  node->state_.store(State::kServing, std::memory_order_release);
  LAPIS_TRY_VOID(node->start_commands());
  return node;
}

Node::~Node() { stop(); }

Result<void> Node::start_shards() {
  const unsigned count = shard_count(config_);
  for (unsigned index = 0; index < count; ++index) {
    io::ShardOptions options;
    options.index = index;
    options.buffer_budget_bytes = config_.buffer_memory_bytes / count;
    options.buffer_wait = config_.busy_timeout;
    LAPIS_TRY(auto shard, io::Shard::start(options, clock_));
    shards_.push_back(std::move(shard));
  }
  io::ShardOptions options;
  options.index = count;
  options.buffer_budget_bytes = kBackgroundBufferBytes;
  options.background = true;
  LAPIS_TRY(background_shard_, io::Shard::start(options, clock_));
  return {};
}

Result<void> Node::open_storage() {
  storage::MetaStoreOptions meta;
  meta.directory = config_.metadata_path;
  meta.block_cache_bytes = config_.block_cache_bytes;
  meta.min_free_bytes = config_.min_free_metadata_bytes;
  meta.capacity_bytes = config_.metadata_capacity_bytes;
  meta.cycles = cycles_;
  LAPIS_TRY(meta_, storage::LocalMetaStore::open(meta, blocking_));
  storage::ChunkStoreOptions chunks;
  chunks.pools = config_.pools;
  chunks.scrub = config_.scrub;
  chunks.accept_lost_commits = config_.accept_lost_commits;
  std::vector<io::Shard*> shards;
  for (const auto& shard : shards_) shards.push_back(shard.get());
  LAPIS_TRY(chunks_, storage::LocalChunkStore::open(chunks, *meta_, *files_, shards,
                                                    *background_shard_, blocking_, clock_));
  return {};
}

Result<void> Node::start_serving() {
  const std::uint64_t cache_bytes = config_.record_cache_bytes / shards_.size();
  const blob::Limits limits;
  const auto epochs = std::make_shared<blob::ReadEpochs>();
  const auto recent = std::make_shared<blob::RecentReads>(clock_.instant());
  LAPIS_TRY(const auto time, blob::ServiceClock::open(*meta_, clock_));
  const auto features = std::make_shared<const blob::FeaturesByAccount>(config_.features);
  const auto accesses = std::make_shared<blob::AccessQueue>();
  copies_ = std::make_shared<blob::PendingCopies>();
  LAPIS_TRY_VOID(start_observing());
  LAPIS_TRY_VOID(start_source_readers());
  std::vector<io::Shard*> shards;
  std::vector<http::Handler*> handlers;
  for (const auto& shard : shards_) {
    services_.push_back(std::make_unique<blob::Service>(*meta_, *chunks_, blocking_, clock_, limits,
                                                        cache_bytes, epochs, recent, time, features,
                                                        accesses, copies_));
    gateway::RequestObserver* observer =
        observers_.empty() ? nullptr : observers_[shard->index()].get();
    source::SourceReader& sources = *source_readers_[shard->index()];
    gateways_.push_back(std::make_unique<gateway::Gateway>(
        *services_.back(), config_.accounts, clock_,
        gateway::GatewayOptions{.strict_versions = config_.strict_versions, .sources = &sources},
        gateway_shared_, observer));
    sources.serve_own_by(*gateways_.back());
    pending_readers_[shard->index()]->serve_own_by(*gateways_.back());
    shards.push_back(shard.get());
    handlers.push_back(gateways_.back().get());
    sources_.services.push_back(services_.back().get());
  }
  background_service_ = std::make_unique<blob::Service>(
      *meta_, *chunks_, blocking_, clock_, limits, 0, epochs, recent, time, features, accesses);
  start_background_work();
  tierer_ = tier::Tierer::start(config_.tier, *chunks_, *background_shard_, clock_);
  damage_reporter_ =
      std::make_unique<DamageReporter>(*background_shard_, *background_service_, *chunks_);
  http::ServerOptions options;
  options.listen = config_.listen;
  options.tls = config_.tls;
  options.max_connections = config_.max_connections;
  options.head_timeout = config_.head_timeout;
  options.idle_timeout = config_.idle_timeout;
  options.stall_timeout = config_.stall_timeout;
  options.trace_requests = !observers_.empty();
  LAPIS_TRY(server_, http::Server::start(options, shards, handlers, clock_));
  source_policy_->listens_on(server_->addresses());
  start_copy_runners();  // which know by now what this server is
  sources_.shards = shards;
  sources_.access_log = access_log_.get();
  sources_.server = server_.get();
  sources_.meta = meta_.get();
  sources_.chunks = chunks_.get();
  sources_.blocking = &blocking_;
  sources_.background = background_work_.get();
  sources_.inline_mover = inline_mover_.get();
  sources_.copies = copies_.get();
  sources_.tierer = tierer_.get();
  return {};
}

void Node::start_background_work() {
  blob::InlineMoverOptions options;
  options.space = [this] { return meta_->space(); };
  options.compact = [this](storage::RewrittenRows& rows,
                           std::atomic<bool>& stopping) -> io::Task<Result<void>> {
    auto rewrite = [&] { return meta_->compact(rows, stopping); };
    co_return co_await compacting_.run(std::ref(rewrite));
  };
  options.high = config_.metadata_high;
  options.low = config_.metadata_low;
  options.cold_after = config_.cold_after;
  inline_mover_ = blob::InlineMover::make(*background_service_, std::move(options));
  background_work_ =
      std::make_unique<BackgroundWork>(*background_shard_, *background_service_, *inline_mover_);
}

void Node::stop() {
  state_.store(State::kDraining, std::memory_order_release);
  stop_source_readers();
  if (server_) server_->stop(config_.drain_timeout);
  if (damage_reporter_) damage_reporter_->stop();
  if (chunks_) chunks_->abandon_changes();
  if (commands_) commands_->stop();
  if (admin_) admin_->stop();
  if (access_log_) access_log_->stop();
  if (tierer_) tierer_->stop();
  if (background_work_) background_work_->stop();
  if (chunks_) chunks_->close();
  server_.reset();
  for (const auto& shard : shards_) shard->stop();
  if (background_shard_) background_shard_->stop();
  tierer_.reset();
  damage_reporter_.reset();
  background_work_.reset();
  inline_mover_.reset();
  copy_runners_.clear();
  gateways_.clear();
  source_readers_.clear();
  pending_readers_.clear();
  services_.clear();
  background_service_.reset();
  chunks_.reset();
  meta_.reset();
}

}  // namespace lapis::daemon
