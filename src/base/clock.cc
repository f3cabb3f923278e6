#include "lapis/base/clock.h"

namespace lapis {

Timestamp SystemClock::now() const {
  return std::chrono::floor<Ticks>(std::chrono::system_clock::now());
}

Instant SystemClock::instant() const { return std::chrono::steady_clock::now(); }

}  // namespace lapis
