// LAPIS_CHECK: an impossible state ends the process, in every build.
#pragma once

namespace lapis {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define LAPIS_CHECK(condition)                               \
  do {                                                       \
    if (!(condition)) [[unlikely]]                           \
      ::lapis::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
