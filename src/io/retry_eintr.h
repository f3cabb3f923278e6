// System calls that are made again where something interrupted them before they did anything.
#pragma once

#include <cerrno>

namespace lapis::io {

// Calls `call` until it returns something else than -1 with EINTR. Not for fsync and close.
template <class F>
auto retry_eintr(F call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace lapis::io
