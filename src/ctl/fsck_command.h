// `lapis fsck`: asks a running lapisd to check its store, or checks a store that does not run.
#pragma once

#include "ctl/program.h"

namespace CLI {
class App;
}

namespace lapis::ctl {

// The exit status of fsck alone, as far as it differs: 0 clean.
inline constexpr int kFsckFindings = 1;
inline constexpr int kFsckNotRun = 2;

// As add_sas_commands.
void add_fsck_command(CLI::App& app, const Environment& environment, Command& command);

}  // namespace lapis::ctl
