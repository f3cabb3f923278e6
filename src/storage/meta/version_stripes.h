// VersionStripes: the counters behind MetaStore::version_of (I7). Thread-safe, never blocks.
//
// Three steps make a cached row safe, each in the order given:
//   the committer   makes the change visible to reads, raises the key's counter, acknowledges;
//   who fills       reads the counter, then the row;
//   who looks up    compares the counter with the one kept.
// The raise is a release and the read an acquire, so a reader that has seen the raised counter also
// sees the changed row; one that has not keeps an old number, which the raise makes useless.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace lapis::storage {

class VersionStripes {
 public:
  using Stripe = std::uint32_t;

  static Stripe stripe_of(std::string_view key) {
    return static_cast<Stripe>(std::hash<std::string_view>{}(key) % kStripes);
  }
  std::uint64_t read(std::string_view key) const {
    return counters_[stripe_of(key)].load(std::memory_order_acquire);
  }
  void raise(Stripe stripe) { counters_[stripe].fetch_add(1, std::memory_order_release); }

 private:
  static constexpr std::size_t kStripes = 65'536;
  std::unique_ptr<std::atomic<std::uint64_t>[]> counters_ =
      std::make_unique<std::atomic<std::uint64_t>[]>(kStripes);
};

}  // namespace lapis::storage
