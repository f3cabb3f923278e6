// RecentReads: when short bodies were read last, so that those which nobody reads can be told from
// the others without a row or a lock for any of them.
//
// A table of times of a fixed size: a blob has two places in it, by its hash, and each read of it
// is noted in both. Others that share a place make it look younger, never older; both have to be
// shared for a blob to look younger than it is. What is wrong is wrong on the safe side: a body
// stays where reading it is cheapest.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/ids.h"

namespace lapis::blob {

// The same for every reader of a blob.
std::uint64_t hash_of(ContainerId container, std::string_view name);

// One for all services over a store; thread-safe. Does not outlive a restart: what was read before
// it began counts as read then.
class RecentReads {
 public:
  explicit RecentReads(Instant began) : began_(began) {}
  RecentReads(const RecentReads&) = delete;
  RecentReads& operator=(const RecentReads&) = delete;

  // Writes memory that others share once a second and blob at most.
  void note(std::uint64_t blob, Instant now) {
    const Seconds at = seconds_of(now);
    for (std::atomic<Seconds>* const place : {&first(blob), &second(blob)}) {
      if (place->load(std::memory_order_relaxed) < at) {
        place->store(at, std::memory_order_relaxed);
      }
    }
  }

  // How long ago it was read; at most the time since this began.
  std::chrono::seconds idle(std::uint64_t blob, Instant now) const;

 private:
  using Seconds = std::uint32_t;  // since it began
  static constexpr std::size_t kPlaces = 1 << 20;

  Seconds seconds_of(Instant now) const {
    return static_cast<Seconds>(std::chrono::floor<std::chrono::seconds>(now - began_).count());
  }
  std::atomic<Seconds>& first(std::uint64_t blob) const { return places_[blob % kPlaces]; }
  std::atomic<Seconds>& second(std::uint64_t blob) const { return places_[(blob >> 32) % kPlaces]; }

  const Instant began_;
  const std::unique_ptr<std::atomic<Seconds>[]> places_ =
      std::make_unique<std::atomic<Seconds>[]>(kPlaces);
};

}  // namespace lapis::blob
