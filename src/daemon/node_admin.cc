// The half of Node that shows what it is doing.
#include <algorithm>
#include <future>

#include "daemon/node.h"
#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::string_view kLogComponent = "daemon";
// A shard that does not answer within this hangs.
constexpr std::chrono::seconds kShardAnswers{1};

bool answers(io::Shard& shard) {
  auto answered = std::make_shared<std::promise<void>>();
  auto answer = answered->get_future();
  shard.post([answered] { answered->set_value(); });
  return answer.wait_for(kShardAnswers) == std::future_status::ready;
}

// The pool itself is the shard's own; what it counts is for any thread.
io::Task<void> find_buffers(io::Shard& shard, std::vector<const io::BufferPool*>& found) {
  found.push_back(&shard.buffers());
  co_return;
}

}  // namespace

Result<void> Node::start_admin() {
  if (!config_.admin_listen) return {};
  AdminSources sources;
  if (config_.metrics) sources.metrics = [this] { return metrics_text(); };
  sources.problems = [this] { return problems(); };
  auto started = AdminServer::start(*config_.admin_listen, std::move(sources), clock_);
  if (started) {
    admin_ = std::move(*started);
  } else if (config_.admin_listen_given) {
    return fail(std::move(started).error());
  } else {
    log_warn(kLogComponent, "going on without the admin listener",
             {{"error", to_string(started.error())}});
  }
  return {};
}

// A shard has an observer where anything is to be noted of its requests.
Result<void> Node::start_observing() {
  for (const auto& shard : shards_) shard->run(find_buffers(*shard, sources_.buffers));
  if (config_.access_log) {
    gateway::AccessLogOptions options;
    options.path = *config_.access_log;
    options.ring_bytes = config_.access_log_buffer_bytes;
    LAPIS_TRY(access_log_, gateway::AccessLog::open(options, shards_.size(), clock_, cycles_));
  }
  if (!config_.metrics && !access_log_ && config_.slow_request.count() == 0) return {};
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    gateway::ObserverOptions options;
    options.slow_limit = config_.slow_request;
    if (access_log_) options.access_log = &access_log_->shard(i);
    if (config_.metrics) {
      request_metrics_.push_back(std::make_unique<gateway::RequestMetrics>(cycles_));
      options.metrics = request_metrics_.back().get();
      sources_.requests.push_back(options.metrics);
    }
    observers_.push_back(std::make_unique<gateway::RequestObserver>(options, cycles_, clock_));
    sources_.observers.push_back(observers_.back().get());
  }
  return {};
}

std::optional<http::ListenAddress> Node::admin_address() const {
  if (!admin_) return std::nullopt;
  return admin_->address();
}

std::string Node::metrics_text() const {
  const bool is_open = state_.load(std::memory_order_acquire) != State::kStarting;
  return metrics_page(is_open ? sources_ : MetricSources{});
}

// One path of several that cannot be written to, or is not there, is for an operator to see, not a
// reason to send requests elsewhere: the others serve.
void Node::add_path_problems(std::vector<std::string>& problems) const {
  const std::vector<storage::PathStats> paths = chunks_->stats();
  if (!std::ranges::any_of(paths, &storage::PathStats::writable)) {
    for (const storage::PathStats& path : paths) {
      problems.push_back("path " + path.path.string() + " is " +
                         std::string(storage::name_of(path.status)));
    }
  } else if (!chunks_->has_room(1)) {
    problems.push_back("full: no path has room for another extent");
  }
}

std::vector<std::string> Node::problems() const {
  switch (state_.load(std::memory_order_acquire)) {
    case State::kStarting:
      return {"starting: the stores are being opened"};
    case State::kDraining:
      return {"stopping: no new requests are taken"};
    case State::kServing:
      break;
  }
  std::vector<std::string> problems;
  for (io::Shard* shard : sources_.shards) {
    if (answers(*shard)) continue;
    problems.push_back("shard " + std::to_string(shard->index()) + " does not answer");
  }
  if (!meta_->stats().writable) {
    problems.push_back("metadata: a write has failed; read-only until a restart");
  }
  if (!meta_->has_room()) {
    problems.push_back("metadata: less than min_free is left in " + config_.metadata_path.string());
  }
  add_path_problems(problems);
  return problems;
}

}  // namespace lapis::daemon
