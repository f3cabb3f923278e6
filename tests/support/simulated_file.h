// The content of one file on a disk that can lose power: what the page cache shows, what the disk
// would hold after a cut, and which pages differ. Sparse, so a preallocated gigabyte costs nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <unordered_map>

#include "lapis/base/bytes.h"

namespace lapis::test {

// What a power cut leaves of writes that no successful sync covered.
enum class Unsynced : std::uint8_t {
  kLost,         // none of them
  kSomeSectors,  // each sector of 512 bytes at random: torn writes
  kKept,         // all of them, as after kill -9
};

// Not thread-safe: its file system locks.
class SimulatedFile {
 public:
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kSector = 512;

  std::uint64_t size() const { return size_; }

  std::size_t read(std::uint64_t offset, MutableBytes into) const {
    if (offset >= size_) return 0;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
    for_each_piece(offset, count,
                   [&](std::uint64_t page, std::size_t at, std::size_t done, std::size_t length) {
                     const auto found = cached_.find(page);
                     if (found == cached_.end()) {
                       std::memset(into.data() + done, 0, length);
                     } else {
                       std::memcpy(into.data() + done, found->second.data() + at, length);
                     }
                   });
    return count;
  }

  void write(std::uint64_t offset, Bytes data) {
    for_each_piece(offset, data.size(),
                   [&](std::uint64_t page, std::size_t at, std::size_t done, std::size_t length) {
                     std::memcpy(cached_[page].data() + at, data.data() + done, length);
                     dirty_.insert(page);
                   });
    grow(offset + data.size());
  }

  void grow(std::uint64_t size) { size_ = std::max(size_, size); }

  void sync() {
    for (const std::uint64_t page : dirty_) durable_[page] = cached_[page];
    dirty_.clear();
    durable_size_ = size_;
  }

  // As Linux does after a failed fsync: the pages count as clean, so that the next sync succeeds
  // without having written them.
  void fail_sync() { dirty_.clear(); }

  void lose_power(Unsynced unsynced, std::mt19937_64& random) {
    if (unsynced == Unsynced::kKept) sync();
    if (unsynced == Unsynced::kSomeSectors) keep_some_sectors(random);
    cached_ = durable_;
    dirty_.clear();
    size_ = durable_size_;
  }

  // Flips a bit at rest, as the disk's rot does. Bits count from the lowest of byte 0.
  void flip_bit(std::uint64_t bit) {
    const std::uint64_t page = bit / 8 / kPage;
    const std::size_t at = bit / 8 % kPage;
    const auto mask = static_cast<std::byte>(1u << (bit % 8));
    cached_[page][at] ^= mask;
    durable_[page][at] ^= mask;
  }

 private:
  using Page = std::array<std::byte, kPage>;
  using Pages = std::unordered_map<std::uint64_t, Page>;

  // Calls `piece` with page number, place in it, bytes done before and length.
  template <class F>
  static void for_each_piece(std::uint64_t offset, std::size_t count, F piece) {
    for (std::size_t done = 0; done < count;) {
      const auto at = static_cast<std::size_t>((offset + done) % kPage);
      const std::size_t length = std::min(kPage - at, count - done);
      piece((offset + done) / kPage, at, done, length);
      done += length;
    }
  }

  void keep_some_sectors(std::mt19937_64& random) {
    for (const std::uint64_t page : dirty_) {
      for (std::size_t at = 0; at < kPage; at += kSector) {
        if (random() % 2 == 0) continue;
        std::memcpy(durable_[page].data() + at, cached_[page].data() + at, kSector);
      }
    }
    if (random() % 2 == 0) durable_size_ = size_;
  }

  Pages cached_;
  Pages durable_;
  std::set<std::uint64_t> dirty_;
  std::uint64_t size_ = 0;
  std::uint64_t durable_size_ = 0;
};

}  // namespace lapis::test
