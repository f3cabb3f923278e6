// `lapis sas account` and `lapis sas service`: shared access signatures made offline, from a key.
#pragma once

#include "ctl/program.h"

namespace CLI {
class App;
}

namespace lapis::ctl {

// Adds the commands to `app`. Parsing one of them sets `command` to what gives its output; its
// errors carry the message for the user as their detail. `environment` outlives both.
void add_sas_commands(CLI::App& app, const Environment& environment, Command& command);

}  // namespace lapis::ctl
