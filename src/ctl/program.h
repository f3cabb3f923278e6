// The `lapis` command line, apart from the process it runs in.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "lapis/base/clock.h"

namespace lapis::ctl {

// What a command may touch.
struct Environment {
  std::istream& in;
  std::ostream& out;  // results only
  std::ostream& err;  // everything said about them
  const Clock& clock;
  std::string version;
};

// How a run ended: the exit status of the process.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // the command was understood and could not be done
inline constexpr int kUsage = 2;   // it was not understood

// Runs the command of `arguments` (without the program's name).
int run(std::vector<std::string> arguments, const Environment& environment);

}  // namespace lapis::ctl
