// UnitSums: the checksum of each unit of a chunk, taken from the bytes as they arrive.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lapis/base/bytes.h"
#include "lapis/base/crc64.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

class UnitSums {
 public:
  explicit UnitSums(std::uint32_t unit_bytes) : unit_bytes_(unit_bytes) {}

  void add(Bytes data) {
    while (!data.empty()) {
      const Bytes part = data.first(std::min<std::size_t>(data.size(), unit_bytes_ - filled_));
      running_ = crc64(part, running_);
      filled_ += part.size();
      if (filled_ == unit_bytes_) end_unit();
      data = data.subspan(part.size());
    }
  }

  // After the last byte: one checksum a unit.
  const std::vector<std::uint64_t>& finish() {
    if (filled_ != 0) end_unit();
    return units_;
  }

  // Of all bytes so far; after `finish`.
  std::uint64_t whole() const { return whole_; }

 private:
  void end_unit() {
    units_.push_back(running_);
    whole_ = crc64_combine(whole_, running_, filled_);
    running_ = 0;
    filled_ = 0;
  }

  const std::uint32_t unit_bytes_;
  std::vector<std::uint64_t> units_;
  std::uint64_t running_ = 0;
  std::uint64_t filled_ = 0;
  std::uint64_t whole_ = 0;
};

}  // namespace lapis::storage
