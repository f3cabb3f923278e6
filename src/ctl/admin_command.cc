#include "ctl/admin_command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "ctl/admin_text.h"
#include "lapis/admin/client.h"

namespace lapis::ctl {
namespace {

using Json = nlohmann::json;
using Render = std::string (*)(const Json&);

// Changing a path writes superblocks and may wait for a disk.
constexpr std::chrono::minutes kLimit{2};

struct Options {
  DaemonOptions daemon;
  bool json = false;
  std::string pool;
  std::string path;
};

// lapisd takes absolute paths: it stands elsewhere.
std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

Result<Output> ask(const Options& options, const char* name, Render render,
                   const Environment& environment) {
  LAPIS_TRY(const auto socket, find_socket(options.daemon));
  Json request = {{"command", name}};
  if (!options.pool.empty()) request["pool"] = options.pool;
  if (!options.path.empty()) request["path"] = absolute(options.path);
  const auto answer = admin::call(socket, request, kLimit, environment.clock);
  if (!answer && !answer.error().is_answer) return Output(kUnreachable, answer.error().message);
  if (!answer) return Output(kFailed, answer.error().message);
  if (options.json) return answer->dump(2, ' ', false, Json::error_handler_t::replace);
  return render(*answer);
}

std::string begun_text(const Json&) { return "begun"; }

class Adder {
 public:
  Adder(const Environment& environment, Command& command)
      : environment_(environment), command_(command) {}

  std::shared_ptr<Options> add(CLI::App& parent, const char* verb, const char* what,
                               const char* name, Render render) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand(verb, what);
    add_daemon_options(*app, options->daemon);
    app->add_flag("--json", options->json, "print the answer as JSON");
    app->callback([options, name, render, &environment = environment_, &command = command_] {
      command = [options, name, render, &environment] {
        return ask(*options, name, render, environment);
      };
    });
    added_ = app;
    return options;
  }
  // A change of one path.
  void add_change(CLI::App& parent, const char* verb, const char* what, const char* name) {
    const auto options = add(parent, verb, what, name, pools_text);
    added_->add_option("path", options->path, "directory of the path")->required();
  }
  CLI::App& added() const { return *added_; }

 private:
  const Environment& environment_;
  Command& command_;
  CLI::App* added_ = nullptr;
};

void add_pool_commands(CLI::App& app, Adder& adder) {
  CLI::App* pool = app.add_subcommand("pool", "Pools and their paths.");
  pool->require_subcommand(1);
  adder.add(*pool, "status", "Size, live, dead and free bytes and state of each path.",
            "pool.status", pools_text);
  const auto added =
      adder.add(*pool, "add", "Make a directory a path of a pool.", "pool.add", pools_text);
  adder.added().add_option("pool", added->pool, "name of the pool")->required();
  adder.added().add_option("path", added->path, "an empty directory")->required();
  adder.add_change(*pool, "drain", "Move all that lies on a path to others.", "pool.drain");
  adder.add_change(*pool, "read-only", "Write nothing to a path any more.", "pool.read-only");
  adder.add_change(*pool, "resume", "Let a path take writes again.", "pool.resume");
  adder.add_change(*pool, "retire", "Forget a path on which nothing lies any more.", "pool.retire");
}

}  // namespace

void add_daemon_options(CLI::App& app, DaemonOptions& options) {
  auto* socket = app.add_option("--socket", options.socket, "lapisd's admin socket");
  auto* config = app.add_option("--config", options.config,
                                std::string("lapisd's configuration; default: ") + kDefaultConfig);
  auto* data_dir = app.add_option("--data-dir", options.data_dir, "that of lapisd --data-dir");
  socket->excludes(config)->excludes(data_dir);
  config->excludes(data_dir);
}

Result<DaemonFacts> find_facts(const DaemonOptions& options) {
  if (!options.data_dir.empty()) return facts_of_data_dir(options.data_dir);
  return read_daemon_facts(options.config.empty() ? kDefaultConfig : options.config);
}

Result<std::filesystem::path> find_socket(const DaemonOptions& options) {
  if (!options.socket.empty()) return options.socket;
  LAPIS_TRY(const DaemonFacts facts, find_facts(options));
  if (facts.admin_socket) return *facts.admin_socket;
  return fail(ErrorCode::kInvalidInput, "the configuration says that there is no admin socket");
}

void add_admin_commands(CLI::App& app, const Environment& environment, Command& command) {
  Adder adder(environment, command);
  adder.add(app, "status", "What lapisd is doing, its metadata and its pools.", "status",
            status_text);
  add_pool_commands(app, adder);
  CLI::App* tier = app.add_subcommand("tier", "Moving what is cold to slower pools.");
  tier->require_subcommand(1);
  adder.add(*tier, "status", "What moves, how fast, what is left, and why.", "tier.status",
            tier_text);
  CLI::App* scrub = app.add_subcommand("scrub", "Reading everything to find damage.");
  scrub->require_subcommand(1);
  adder.add(*scrub, "start", "Verify everything now, at the full rate.", "scrub.start", begun_text);
  adder.add(*scrub, "status", "How far it is, and what it found.", "scrub.status", scrub_text);
}

}  // namespace lapis::ctl
