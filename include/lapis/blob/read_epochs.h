// ReadEpochs: how the reclaimer knows that nobody still reads what it is about to free. A read that
// has begun may walk a record that was replaced meanwhile; what that record names is freed only
// when every read that began before the replacement was known has ended. Readers take no lock.
//
// One object for the whole process, shared by every Service (main) and so by the Reclaimer.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <utility>

namespace lapis::blob {

// The running reads of one shard. `begin` and what it returns are used on that shard only.
class ReadSlot {
 public:
  // A running read: what it can reach is not freed while this lives.
  class Pin {
   public:
    Pin() = default;
    Pin(Pin&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)), epoch_(other.epoch_) {}
    Pin& operator=(Pin&& other) noexcept {
      std::swap(slot_, other.slot_);
      std::swap(epoch_, other.epoch_);
      return *this;
    }
    ~Pin() {
      if (slot_ != nullptr) slot_->end(epoch_);
    }

   private:
    friend class ReadSlot;
    Pin(ReadSlot* slot, std::uint64_t epoch) : slot_(slot), epoch_(epoch) {}
    ReadSlot* slot_ = nullptr;
    std::uint64_t epoch_ = 0;
  };

  explicit ReadSlot(const std::atomic<std::uint64_t>& now) : now_(now) {}

  // To be called before the record is looked up, in a cache or in the store.
  Pin begin();

 private:
  friend class ReadEpochs;
  static constexpr std::uint64_t kIdle = ~0ull;
  void end(std::uint64_t epoch);

  const std::atomic<std::uint64_t>& now_;
  std::atomic<std::uint64_t> oldest_{kIdle};                       // read by the reclaimer
  std::deque<std::pair<std::uint64_t, std::uint64_t>> running_{};  // epoch, reads; by epoch
};

// Thread-safe.
class ReadEpochs {
 public:
  // A slot for one more shard; lives as long as this object.
  ReadSlot& add_slot();
  // Begins a new epoch and returns its number. Reads that begin in it see every change that was
  // acknowledged to the caller before this call.
  std::uint64_t advance();
  // The epoch in which the oldest running read began; the current one where none runs.
  std::uint64_t oldest() const;

 private:
  std::atomic<std::uint64_t> now_{1};
  mutable std::mutex mutex_;  // guards the list; taken by add_slot and oldest only
  std::list<ReadSlot> slots_;
};

}  // namespace lapis::blob
