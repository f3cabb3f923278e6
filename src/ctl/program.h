// The `lapis` command line, apart from the process it runs in.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"

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
inline constexpr int kFailed = 1;       // the command was understood and could not be done
inline constexpr int kUsage = 2;        // it was not understood
inline constexpr int kUnreachable = 3;  // lapisd does not run, or could not be asked

// What a command that ran has to say. A plain text is a success.
struct Output {
  Output(std::string text) : out(std::move(text)) {}  // NOLINT: a text is an output
  Output(int exit_status, std::string complaint) : err(std::move(complaint)), status(exit_status) {}

  std::string out;  // lines, without the last one's end
  std::string err;  // likewise, after "lapis: "
  int status = kOk;
};

// Set by the parsing of a command's arguments. Errors are kFailed, with a detail for the user.
using Command = std::function<Result<Output>()>;

// Runs the command of `arguments` (without the program's name).
int run(std::vector<std::string> arguments, const Environment& environment);

}  // namespace lapis::ctl
