// The part of Node that takes commands from the admin socket.
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/admin_commands.h"
#include "daemon/node.h"
#include "daemon/scrub_json.h"
#include "daemon/tier_json.h"
#include "lapis/admin/fsck.h"
#include "lapis/base/log.h"
#include "lapis/blob/reclaimer.h"

namespace lapis::daemon {
namespace {

constexpr std::uint64_t kMostEntriesCounted = 10'000;
// Of each sort: an answer has a bound.
constexpr std::uint64_t kMostFindingsShown = 5'000;

std::string text_of(const http::ListenAddress& address) {
  return (address.tls ? "https://" : "http://") + address.address + ":" +
         std::to_string(address.port);
}

io::Task<void> keep_outcome(io::Task<Result<void>> task, Result<void>& outcome) {
  outcome = co_await std::move(task);
}

}  // namespace

NodeStatus Node::status() const {
  NodeStatus status;
  status.version = LAPIS_VERSION;
  status.pid = static_cast<std::uint64_t>(::getpid());
  status.uptime_seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(clock_.instant() - started_).count());
  status.problems = problems();
  for (const http::ListenAddress& address : server_->addresses()) {
    status.listening.push_back(text_of(address));
  }
  status.metadata.path = config_.metadata_path;
  if (const auto space = files_->space(config_.metadata_path)) {
    status.metadata.capacity_bytes = space->total_bytes;
    status.metadata.available_bytes = space->available_bytes;
  }
  status.metadata.engine = meta_->engine_stats();
  status.metadata.moving_out = inline_mover_->status();
  status.metadata.writable = meta_->stats().writable;
  status.metadata.has_room = meta_->has_room();
  status.release_entries = blob::count_release_entries(*meta_, kMostEntriesCounted);
  return status;
}

// Changes of paths are the background shard's.
Result<void> Node::change_paths(const PathChange& change) {
  Result<void> outcome;
  background_shard_->run(keep_outcome(change(*chunks_), outcome));
  return outcome;
}

void Node::add_path_changes(CommandSources& sources) {
  using Path = std::filesystem::path;
  sources.add_path = [this](const NewPath& added) {
    return change_paths([&](auto& store) { return store.add_path(added.pool, added.path); });
  };
  sources.drain_path = [this](const Path& path) {
    return change_paths([&](auto& store) { return store.drain_path(path); });
  };
  sources.set_read_only = [this](const Path& path) {
    return change_paths([&](auto& store) { return store.set_read_only(path); });
  };
  sources.resume_path = [this](const Path& path) {
    return change_paths([&](auto& store) { return store.resume_path(path); });
  };
  sources.retire_path = [this](const Path& path) {
    return change_paths([&](auto& store) { return store.retire_path(path); });
  };
}

Result<admin::Json> Node::fsck(const admin::Json& request, const admin::Caller& caller) {
  admin::FsckOptions options;
  LAPIS_TRY(options.deep, admin::flag_argument(request, "deep"));
  LAPIS_TRY(const auto shown, admin::number_argument(request, "max_shown"));
  if (shown) options.max_shown = std::min<std::uint64_t>(*shown, kMostFindingsShown);
  options.is_cancelled = [&caller] { return caller.is_gone(); };
  return admin::fsck_online(*meta_, *files_, options, clock_);
}

Result<void> Node::start_commands() {
  if (!config_.admin_socket) return {};
  CommandSources sources;
  sources.status = [this] { return status(); };
  sources.paths = [this] { return chunks_->stats(); };
  add_path_changes(sources);
  sources.tier = [this]() -> Result<admin::Json> {
    return json_of(tierer_->status(), inline_mover_->status());
  };
  sources.scrub = [this]() -> Result<admin::Json> {
    LAPIS_TRY(const ScrubReport report, damage_reporter_->report());
    return json_of(report);
  };
  sources.start_scrub = [this] { chunks_->start_scrub(); };
  sources.fsck = [this](const admin::Json& request, const admin::Caller& caller) {
    return fsck(request, caller);
  };
  auto started =
      admin::SocketServer::start(*config_.admin_socket, make_commands(std::move(sources)), clock_);
  if (started) {
    commands_ = std::move(*started);
  } else if (config_.admin_socket_given) {
    return fail(std::move(started).error());
  } else {
    log_warn("daemon", "going on without the admin socket",
             {{"error", to_string(started.error())}});
  }
  return {};
}

}  // namespace lapis::daemon
