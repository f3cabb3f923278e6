#include "lapis/blob/access_queue.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

// With the node of the tree that holds it.
std::size_t cost_of(const AccessedState& state) {
  constexpr std::size_t kNode = 160;
  return kNode + state.name.size();
}

}  // namespace

void AccessQueue::note(AccessedState state, Timestamp at) {
  const std::size_t cost = cost_of(state);
  const std::lock_guard lock(mutex_);
  if (const auto found = noted_.find(state); found != noted_.end()) {
    found->second = std::min(found->second, at);
    return;
  }
  if (cost > most_bytes_ - bytes_) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  bytes_ += cost;
  noted_.emplace(std::move(state), at);
}

Accesses AccessQueue::take() {
  const std::lock_guard lock(mutex_);
  bytes_ = 0;
  return std::exchange(noted_, {});
}

}  // namespace lapis::blob
