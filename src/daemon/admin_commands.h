// The commands of the admin socket, over what the node has. A source that is missing makes its
// command answer that it is not built.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lapis/admin/commands.h"
#include "lapis/base/result.h"
#include "lapis/blob/inline_mover.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/storage/local_meta_store.h"

namespace lapis::daemon {

struct MetadataStatus {
  std::filesystem::path path;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t available_bytes = 0;
  storage::MetaEngineStats engine;
  blob::InlineMoverStatus moving_out;
  bool writable = true;
  bool has_room = true;
};

struct NodeStatus {
  std::string version;
  std::uint64_t pid = 0;
  std::uint64_t uptime_seconds = 0;
  std::vector<std::string> problems;  // as /readyz tells them
  std::vector<std::string> listening;
  MetadataStatus metadata;
  std::uint64_t release_entries = 0;  // that wait
};

// A directory to become a path of a pool.
struct NewPath {
  std::string pool;
  std::filesystem::path path;
};

// Asked on threads that may block; `fsck` beside the others, those one at a time.
struct CommandSources {
  using ChangePath = std::function<Result<void>(const std::filesystem::path&)>;

  std::function<NodeStatus()> status;
  std::function<std::vector<storage::PathStats>()> paths;
  std::function<Result<void>(const NewPath&)> add_path;
  ChangePath drain_path;
  ChangePath set_read_only;
  ChangePath resume_path;
  ChangePath retire_path;
  std::function<Result<admin::Json>()> tier;
  std::function<Result<admin::Json>()> scrub;  // beside the others too
  std::function<void()> start_scrub;
  admin::Handler fsck;
};

admin::CommandTable make_commands(CommandSources sources);

}  // namespace lapis::daemon
