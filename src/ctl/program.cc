#include "ctl/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "ctl/admin_command.h"
#include "ctl/fsck_command.h"
#include "ctl/sas_command.h"

namespace lapis::ctl {

int run(std::vector<std::string> arguments, const Environment& environment) {
  CLI::App app("The command line of Lapis, an Azure Blob Storage endpoint.", "lapis");
  app.set_version_flag("--version", environment.version);
  app.require_subcommand(1);
  Command command;
  add_sas_commands(app, environment, command);
  add_admin_commands(app, environment, command);
  add_fsck_command(app, environment, command);
  // CLI11 takes arguments from the back.
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error, environment.out, environment.err);
    return status == 0 ? kOk : kUsage;
  }
  const Result<Output> output = command();
  if (!output) {
    environment.err << "lapis: " << output.error().detail << "\n";
    return kFailed;
  }
  if (!output->err.empty()) environment.err << "lapis: " << output->err << "\n";
  if (!output->out.empty()) environment.out << output->out << "\n";
  return environment.out.flush() ? output->status : kFailed;
}

}  // namespace lapis::ctl
