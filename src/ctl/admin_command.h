// `lapis status`, `lapis pool ...`, `lapis tier status`, `lapis scrub status`: questions and orders
// to a running lapisd, over its admin socket.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "ctl/daemon_facts.h"
#include "ctl/program.h"

namespace CLI {
class App;
}

namespace lapis::ctl {

// As add_sas_commands.
void add_admin_commands(CLI::App& app, const Environment& environment, Command& command);

// Where lapisd is, as the command line says: at most one of the three.
struct DaemonOptions {
  std::string socket;
  std::string config;
  std::string data_dir;
};
void add_daemon_options(CLI::App& app, DaemonOptions& options);
// Errors: a detail for the user.
Result<DaemonFacts> find_facts(const DaemonOptions& options);  // not of a socket alone
Result<std::filesystem::path> find_socket(const DaemonOptions& options);

}  // namespace lapis::ctl
