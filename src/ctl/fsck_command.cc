#include "ctl/fsck_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "ctl/admin_command.h"
#include "ctl/admin_text.h"
#include "ctl/daemon_facts.h"
#include "lapis/admin/client.h"
#include "lapis/admin/fsck.h"

namespace lapis::ctl {
namespace {

using Json = nlohmann::json;

// A deep check of a large store reads all of it.
constexpr std::chrono::hours kLimit{24 * 30};

struct Options {
  DaemonOptions daemon;
  admin::FsckOptions fsck;
  bool offline = false;
  bool json = false;
};

Result<Json> check_offline(const Options& options, const Environment& environment) {
  if (!options.daemon.socket.empty()) {
    return fail(ErrorCode::kInvalidInput, "--offline needs --config or --data-dir");
  }
  LAPIS_TRY(const DaemonFacts facts, find_facts(options.daemon));
  return admin::fsck_offline(facts.metadata_path, facts.pool_paths, options.fsck,
                             environment.clock);
}

Result<Json> check_online(const Options& options, const Environment& environment) {
  LAPIS_TRY(const auto socket, find_socket(options.daemon));
  const Json request = {
      {"command", "fsck"}, {"deep", options.fsck.deep}, {"max_shown", options.fsck.max_shown}};
  auto answer = admin::call(socket, request, kLimit, environment.clock);
  if (answer) return *std::move(answer);
  const std::string hint = answer.error().is_answer ? "" : " (--offline checks without it)";
  return fail(ErrorCode::kInternalError, answer.error().message + hint);
}

Result<Output> check(const Options& options, const Environment& environment) {
  const auto report =
      options.offline ? check_offline(options, environment) : check_online(options, environment);
  if (!report) return Output(kFsckNotRun, report.error().detail);
  Output output(options.json ? report->dump(2, ' ', false, Json::error_handler_t::replace)
                             : fsck_text(*report));
  output.status = report->value("clean", false) ? kOk : kFsckFindings;
  return output;
}

}  // namespace

void add_fsck_command(CLI::App& app, const Environment& environment, Command& command) {
  auto options = std::make_shared<Options>();
  CLI::App* fsck = app.add_subcommand(
      "fsck",
      "Check metadata against extents, both ways. Changes nothing. Exit status: 0 clean, 1 "
      "something was found, 2 the check could not run.");
  add_daemon_options(*fsck, options->daemon);
  fsck->add_flag("--offline", options->offline, "check a store that no lapisd runs on");
  fsck->add_flag("--deep", options->fsck.deep, "also read every payload and its checksums");
  fsck->add_flag("--json", options->json, "print the report as JSON");
  fsck->add_option("--max-shown", options->fsck.max_shown, "findings shown of each sort")
      ->capture_default_str();
  fsck->callback([options, &environment, &command] {
    command = [options, &environment] { return check(*options, environment); };
  });
}

}  // namespace lapis::ctl
