// Extent: what every shard knows of one extent file. The file stays for the store's life; its
// content goes through generations, each begun empty after the reclaimer has found the one before
// dead (I3).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "lapis/base/ids.h"
#include "lapis/io/file.h"
#include "storage/chunk/chore.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

// Which place in an array of per-shard counters is the calling shard's.
using SlotIndex = std::size_t;

// Thread-safe.
class Extent {
 public:
  struct Identity {
    PathId path;
    ExtentId id;
    std::uint64_t bytes = 0;
  };

  // `reader` reads through the page cache; null where the extent's path is missing. `reclaim` is
  // poked whenever the extent may have died.
  Extent(Identity identity, ExtentRow row, std::unique_ptr<io::File> reader, std::size_t slots,
         Chore& reclaim);

  PathId path() const { return identity_.path; }
  ExtentId id() const { return identity_.id; }
  std::uint64_t bytes() const { return identity_.bytes; }
  // Whether its file is there. Where it is not, every read of `reader` fails with kServerBusy.
  bool is_readable() const { return reader_.load(std::memory_order_acquire) != nullptr; }
  io::File& reader() const;

  ExtentState state() const { return state_.load(); }
  std::uint64_t generation() const { return generation_.load(); }
  std::int64_t live_bytes() const { return live_bytes_.load(); }

  // Bytes of frames that rows name from here on, or no longer do. Below zero for a moment where a
  // chunk is released before its writer said `recorded`.
  void add_live(std::int64_t bytes) { live_bytes_.fetch_add(bytes); }
  void remove_live(std::int64_t bytes);

  // No writer will begin in it any more. Those who have begun hold pins.
  void seal();
  // Its disk failed: sealed for good. False where that was known.
  bool mark_failed();

  // Sealed, and nothing pinned, nothing live by the counters: a candidate, no more than that.
  bool looks_dead() const;
  bool is_pinned() const;

  // The rest is the reclaimer's and the supply's, on the background shard.
  void set_generation(std::uint64_t generation) { generation_.store(generation); }
  // Its row is `open` now.
  void open();
  // Dead and gone: its row is `free`, of the generation that is set.
  void restart();
  // Whether its row says what it is; `set_recorded` when one is durable that says `state`.
  bool is_recorded() const { return recorded_ == state(); }
  void set_recorded(ExtentState state) { recorded_ = state; }
  // What lies in it cannot be told: never recycled.
  void set_unwalkable() { walkable_.store(false); }
  // Its path was missing and is there: the extent is as `row` says, durably. What rows name of it
  // has been counted all the while.
  void bring_back(ExtentRow row, std::unique_ptr<io::File> reader);

 private:
  friend class ExtentPin;

  const Identity identity_;
  std::unique_ptr<io::File> owned_reader_;
  std::atomic<io::File*> reader_;
  const std::size_t slots_;
  Chore& reclaim_;
  std::atomic<ExtentState> state_;
  std::atomic<std::uint64_t> generation_;
  std::atomic<std::int64_t> live_bytes_ = 0;
  std::atomic<bool> walkable_;
  ExtentState recorded_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> pins_;  // by slot: no line is fought for
};

// Keeps what lies in the extent where it is. Taken on the slot's shard, dropped on any thread.
//
// A reader pins first and compares the generation afterwards; the reclaimer raises the generation
// first and looks at the pins afterwards. Both are sequentially consistent, so one of them sees the
// other.
class ExtentPin {
 public:
  ExtentPin() = default;
  ExtentPin(Extent& extent, SlotIndex slot) : extent_(&extent), slot_(slot) {
    extent.pins_[slot].fetch_add(1);
  }
  ExtentPin(ExtentPin&& other) noexcept
      : extent_(std::exchange(other.extent_, nullptr)), slot_(other.slot_) {}
  ExtentPin& operator=(ExtentPin&& other) noexcept {
    std::swap(extent_, other.extent_);
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~ExtentPin();

  Extent* extent() const { return extent_; }
  explicit operator bool() const { return extent_ != nullptr; }

 private:
  Extent* extent_ = nullptr;
  SlotIndex slot_ = 0;
};

}  // namespace lapis::storage
