// Disk: a block device in memory whose writes go to a volatile cache first.
//
// The host reads what it wrote; the medium has only what was flushed. When the power goes, each
// write still in the cache survives or not, by CutMode: the freedom that a real drive has. Offsets
// and lengths are within size(): the caller checks. Not thread-safe: Rig locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <vector>

#include "support/faultblk/cut_mode.h"
#include "support/faultblk/memory.h"

namespace lapis::faultblk {

// What a power cut did to a cache.
struct CutReport {
  std::size_t pending = 0;       // writes that were in the cache
  std::size_t kept = 0;          // writes that survived whole
  std::size_t lost_sectors = 0;  // of 512 bytes, in all others
};

class Disk {
 public:
  static constexpr std::size_t kSector = 512;

  // Beyond `cache_bytes` of pending data the oldest writes reach the medium on their own, as in a
  // drive that runs out of cache; written_back() counts them.
  Disk(std::uint64_t size, std::uint64_t cache_bytes);

  std::uint64_t size() const { return medium_.size(); }
  void read(std::uint64_t offset, std::span<std::byte> into) const;
  void write(std::uint64_t offset, std::span<const std::byte> data);
  void write_zeros(std::uint64_t offset, std::uint64_t length);
  void flush();

  // Rot: changes one bit of the medium and of what is read, whatever the cache holds.
  void flip_bit(std::uint64_t offset, unsigned bit);

  // Decides what of the cache survives; after it the host reads the medium.
  CutReport lose_power(CutMode mode, std::mt19937_64& random);

  std::size_t pending_writes() const { return pending_.size(); }
  std::uint64_t pending_bytes() const { return pending_bytes_; }
  std::uint64_t written_back() const { return written_back_; }

 private:
  struct Write {
    std::uint64_t offset;
    std::uint64_t length;
    std::vector<std::byte> data;  // empty: zeros
  };

  void add(Write write);
  void persist(const Write& write, std::uint64_t from, std::uint64_t length);
  void persist_all(const Write& write) { persist(write, 0, write.length); }
  std::size_t persist_random_sectors(const Write& write, std::mt19937_64& random);

  Memory medium_;
  Memory view_;  // the medium with the cache over it
  std::deque<Write> pending_;
  std::uint64_t pending_bytes_ = 0;
  std::uint64_t cache_bytes_;
  std::uint64_t written_back_ = 0;
};

}  // namespace lapis::faultblk
