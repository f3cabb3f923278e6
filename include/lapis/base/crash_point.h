// crash_point: the moments that a crash test can stop the process at, to kill it there or to cut
// the power (docs/testing.md). They are crash_points.def. In every build but the crash tests' own
// (LAPIS_CRASH_POINTS) passing one is nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace lapis {

enum class CrashPoint : std::uint8_t {
#define X(id, name) id,
#include "lapis/base/crash_points.def"
#undef X
};

#ifdef LAPIS_CRASH_POINTS
// "NAME" or "NAME:N": the N-th passing of that point from here on stops the process (SIGSTOP).
// Once, before there are other threads. False where there is no such point.
bool arm_crash_point(std::string_view order);
// Any thread.
void crash_point(CrashPoint point);
#else
inline void crash_point(CrashPoint) {}
#endif

}  // namespace lapis
