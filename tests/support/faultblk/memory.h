// Memory: a zeroed anonymous mapping that costs only the pages that are touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lapis::faultblk {

class Memory {
 public:
  explicit Memory(std::uint64_t size);  // throws std::bad_alloc
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::uint64_t size() const { return size_; }
  std::span<std::byte> at(std::uint64_t offset, std::uint64_t length) const {
    return {start_ + offset, length};
  }

 private:
  std::byte* start_;
  std::uint64_t size_;
};

}  // namespace lapis::faultblk
