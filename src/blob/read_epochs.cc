#include "lapis/blob/read_epochs.h"

#include <algorithm>

#include "lapis/base/check.h"

namespace lapis::blob {

// A slot is published and then a record read; the reclaimer has a change acknowledged and then
// reads the slots. The fences order each pair, so at least one of the two sees the other: either
// the reclaimer sees the read, or the read sees the change.
ReadSlot::Pin ReadSlot::begin() {
  const std::uint64_t epoch = now_.load(std::memory_order_seq_cst);
  if (running_.empty()) {
    running_.emplace_back(epoch, 1);
    oldest_.store(epoch, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  } else if (running_.back().first == epoch) {
    ++running_.back().second;
  } else {
    running_.emplace_back(epoch, 1);
  }
  return Pin(this, epoch);
}

void ReadSlot::end(std::uint64_t epoch) {
  const auto it = std::ranges::find(running_, epoch, [](const auto& entry) { return entry.first; });
  LAPIS_CHECK(it != running_.end() && it->second > 0);
  if (--it->second > 0) return;
  while (!running_.empty() && running_.front().second == 0) running_.pop_front();
  const std::uint64_t oldest = running_.empty() ? kIdle : running_.front().first;
  oldest_.store(oldest, std::memory_order_release);
}

ReadSlot& ReadEpochs::add_slot() {
  const std::lock_guard lock(mutex_);
  return slots_.emplace_back(now_);
}

std::uint64_t ReadEpochs::advance() { return now_.fetch_add(1, std::memory_order_seq_cst) + 1; }

std::uint64_t ReadEpochs::oldest() const {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::uint64_t oldest = now_.load(std::memory_order_seq_cst);
  const std::lock_guard lock(mutex_);
  for (const ReadSlot& slot : slots_) {
    oldest = std::min(oldest, slot.oldest_.load(std::memory_order_acquire));
  }
  return oldest;
}

}  // namespace lapis::blob
