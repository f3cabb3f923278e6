// FaultRules: which requests fail, how long they take, whether a flush tells the truth.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

namespace lapis::faultblk {

enum class Operation : std::size_t { kRead, kWrite, kFlush };
inline constexpr std::size_t kOperations = 3;

class FaultRules {
 public:
  // One in `one_in` requests of that kind fails with EIO; 0: none, 1: all.
  void fail(Operation operation, std::uint64_t one_in, std::uint64_t seed) {
    one_in_[index(operation)] = one_in;
    random_.seed(seed);
  }
  // Failures of reads and writes are limited to requests that touch [from, to).
  void limit_to(std::uint64_t from, std::uint64_t to) {
    from_ = from;
    to_ = to;
  }
  void delay(Operation operation, std::chrono::microseconds time) {
    delay_[index(operation)] = time;
  }
  std::chrono::microseconds delay(Operation operation) const { return delay_[index(operation)]; }

  // A flush is answered but nothing reaches the medium.
  void lie_about_flushes(bool lie) { lies_ = lie; }
  bool lies_about_flushes() const { return lies_; }

  bool fails(Operation operation, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t one_in = one_in_[index(operation)];
    if (one_in == 0) return false;
    if (operation != Operation::kFlush && (offset + length <= from_ || offset >= to_)) return false;
    if (random_() % one_in != 0) return false;
    ++injected_;
    return true;
  }
  std::uint64_t injected() const { return injected_; }

 private:
  static constexpr std::size_t index(Operation operation) {
    return static_cast<std::size_t>(operation);
  }

  std::array<std::uint64_t, kOperations> one_in_{};
  std::array<std::chrono::microseconds, kOperations> delay_{};
  std::uint64_t from_ = 0;
  std::uint64_t to_ = std::numeric_limits<std::uint64_t>::max();
  std::mt19937_64 random_;
  std::uint64_t injected_ = 0;
  bool lies_ = false;
};

}  // namespace lapis::faultblk
