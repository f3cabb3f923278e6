#include "support/faultblk/disk.h"

#include <algorithm>
#include <utility>

namespace lapis::faultblk {

namespace {

std::size_t sectors(std::uint64_t bytes) {
  return static_cast<std::size_t>((bytes + Disk::kSector - 1) / Disk::kSector);
}

}  // namespace

Disk::Disk(std::uint64_t size, std::uint64_t cache_bytes)
    : medium_(size), view_(size), cache_bytes_(cache_bytes) {}

void Disk::read(std::uint64_t offset, std::span<std::byte> into) const {
  std::ranges::copy(view_.at(offset, into.size()), into.begin());
}

void Disk::write(std::uint64_t offset, std::span<const std::byte> data) {
  std::ranges::copy(data, view_.at(offset, data.size()).begin());
  add({offset, data.size(), {data.begin(), data.end()}});
}

void Disk::write_zeros(std::uint64_t offset, std::uint64_t length) {
  std::ranges::fill(view_.at(offset, length), std::byte{0});
  add({offset, length, {}});
}

void Disk::add(Write write) {
  pending_bytes_ += write.data.size();
  pending_.push_back(std::move(write));
  while (pending_bytes_ > cache_bytes_) {
    persist_all(pending_.front());
    pending_bytes_ -= pending_.front().data.size();
    pending_.pop_front();
    ++written_back_;
  }
}

void Disk::flush() {
  for (const Write& write : pending_) persist_all(write);
  pending_.clear();
  pending_bytes_ = 0;
}

void Disk::persist(const Write& write, std::uint64_t from, std::uint64_t length) {
  const auto target = medium_.at(write.offset + from, length);
  if (write.data.empty()) {
    std::ranges::fill(target, std::byte{0});
  } else {
    std::ranges::copy(std::span(write.data).subspan(from, length), target.begin());
  }
}

void Disk::flip_bit(std::uint64_t offset, unsigned bit) {
  const std::byte mask{static_cast<unsigned char>(1u << (bit % 8))};
  medium_.at(offset, 1)[0] ^= mask;
  view_.at(offset, 1)[0] ^= mask;
}

// Returns how many sectors were lost.
std::size_t Disk::persist_random_sectors(const Write& write, std::mt19937_64& random) {
  std::size_t lost = 0;
  for (std::uint64_t from = 0; from < write.length; from += kSector) {
    if ((random() & 1) != 0) {
      persist(write, from, std::min<std::uint64_t>(kSector, write.length - from));
    } else {
      ++lost;
    }
  }
  return lost;
}

CutReport Disk::lose_power(CutMode mode, std::mt19937_64& random) {
  CutReport report{.pending = pending_.size()};
  const std::size_t prefix = random() % (pending_.size() + 1);
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Write& write = pending_[i];
    const bool whole = mode == CutMode::kAll || (mode == CutMode::kPrefix && i < prefix) ||
                       (mode == CutMode::kSubset && (random() & 1) != 0);
    std::size_t lost = sectors(write.length);
    if (whole) {
      persist_all(write);
      lost = 0;
    } else if (mode == CutMode::kPrefix && i == prefix) {
      const std::uint64_t survived = random() % sectors(write.length + 1) * kSector;
      persist(write, 0, survived);
      lost -= survived / kSector;
    } else if (mode == CutMode::kTorn) {
      lost = persist_random_sectors(write, random);
    }
    report.kept += lost == 0 ? 1 : 0;
    report.lost_sectors += lost;
  }
  for (const Write& write : pending_) {
    std::ranges::copy(medium_.at(write.offset, write.length),
                      view_.at(write.offset, write.length).begin());
  }
  pending_.clear();
  pending_bytes_ = 0;
  return report;
}

}  // namespace lapis::faultblk
