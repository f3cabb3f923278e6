#include "lapis/base/crash_point.h"

#ifdef LAPIS_CRASH_POINTS
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>

#include "lapis/base/number.h"

namespace lapis {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
#define X(id, name) name,
#include "lapis/base/crash_points.def"
#undef X
});
constexpr std::size_t kNone = kNames.size();

std::size_t armed = kNone;
std::atomic<std::uint64_t> left = 0;  // passings until it stops there

}  // namespace

bool arm_crash_point(std::string_view order) {
  const std::string_view name = order.substr(0, order.find(':'));
  const auto passing = parse_u64(name == order ? "1" : order.substr(name.size() + 1));
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end() || !passing || *passing == 0) return false;
  left = *passing;
  armed = static_cast<std::size_t>(found - kNames.begin());
  return true;
}

void crash_point(CrashPoint point) {
  const auto index = static_cast<std::size_t>(point);
  if (index != armed || left.fetch_sub(1) != 1) return;
  std::fprintf(stderr, "at crash point %s\n", kNames[index].data());
  (void)std::raise(SIGSTOP);  // all threads
}

}  // namespace lapis
#endif
