// Ends the load generator with a message: a run that went wrong has no numbers.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace lapis::bench {

[[noreturn]] inline void fail(const std::string& message) {
  std::fprintf(stderr, "lapis_load: %s\n", message.c_str());
  std::exit(1);
}

[[noreturn]] inline void fail_errno(const std::string& what) {
  fail(what + ": " + std::strerror(errno));
}

}  // namespace lapis::bench
