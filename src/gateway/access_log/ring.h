// RecordRing: records on their way from a shard to the thread that writes the access log. Bounded;
// what does not fit is dropped and counted, so that logging never makes a request wait.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "lapis/base/bytes.h"
#include "lapis/base/metrics.h"

namespace lapis::gateway {

// One thread pushes, one takes; neither waits for the other.
class RecordRing {
 public:
  // `bytes` is a power of two.
  explicit RecordRing(std::size_t bytes);

  // A copy of `record` (not empty); false, and counted, where there is no room for it.
  bool push(Bytes record);
  std::uint64_t dropped() const { return dropped_.value(); }
  std::uint64_t size() const { return size_; }
  // Bytes that wait to be taken; asked by the side that takes.
  std::uint64_t used() const {
    return written_.load(std::memory_order_acquire) - taken_.load(std::memory_order_relaxed);
  }

  // Hands the oldest record to `use`, which must not keep it; false where there is none.
  template <class Use>
  bool take(Use&& use) {
    const Bytes record = front();
    if (record.empty()) return false;
    use(record);
    pop(record.size());
    return true;
  }

 private:
  static constexpr std::size_t kLine = 64;  // of the processor's cache
  static constexpr std::uint32_t kSkip = ~0u;

  static std::uint64_t room_of(std::size_t size) {
    return (sizeof(std::uint32_t) + size + 7) & ~std::uint64_t{7};
  }
  Bytes front();
  void pop(std::size_t size);
  void put_length(std::uint64_t at, std::uint32_t length);

  const std::uint64_t size_;
  const std::unique_ptr<std::byte[]> memory_;
  // Bytes ever written and ever taken. Each side keeps what it last saw of the other's.
  alignas(kLine) std::atomic<std::uint64_t> written_{0};
  std::uint64_t taken_seen_ = 0;
  Counter dropped_;
  alignas(kLine) std::atomic<std::uint64_t> taken_{0};
};

}  // namespace lapis::gateway
