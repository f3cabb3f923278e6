// ExtentTable: the extents of one path by id. Ids are dense, extents are only ever added.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "storage/chunk/extent.h"

namespace lapis::storage {

// `find` and `end` from any thread, without a lock; `add` on one thread at a time.
class ExtentTable {
 public:
  // More than that on one path is refused.
  static constexpr std::uint64_t kMaxExtents = 1 << 22;

  ExtentTable() = default;
  ExtentTable(const ExtentTable&) = delete;
  ExtentTable& operator=(const ExtentTable&) = delete;

  // Null where there is none.
  Extent* find(ExtentId id) const {
    if (id.value >= kMaxExtents) return nullptr;
    const Segment* segment = segments_[id.value / kSegment].load(std::memory_order_acquire);
    if (segment == nullptr) return nullptr;
    return (*segment)[id.value % kSegment].load(std::memory_order_acquire);
  }

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Larger than every id in it.
  ExtentId end() const { return ExtentId{end_.load(std::memory_order_acquire)}; }

  template <class F>
  void for_each(F&& visit) const {
    for (ExtentId id{0}; id < end(); ++id.value) {
      if (Extent* extent = find(id)) visit(*extent);
    }
  }

  Extent& add(std::unique_ptr<Extent> extent) {
    const std::uint64_t id = extent->id().value;
    LAPIS_CHECK(id < kMaxExtents && find(ExtentId{id}) == nullptr);
    auto& slot = segments_[id / kSegment];
    if (slot.load() == nullptr) {
      owned_segments_.push_back(std::make_unique<Segment>());
      slot.store(owned_segments_.back().get(), std::memory_order_release);
    }
    owned_.push_back(std::move(extent));
    Extent& added = *owned_.back();
    (*slot.load())[id % kSegment].store(&added, std::memory_order_release);
    size_.fetch_add(1, std::memory_order_relaxed);
    if (id >= end_.load()) end_.store(id + 1, std::memory_order_release);
    return added;
  }

 private:
  static constexpr std::uint64_t kSegment = 2048;
  using Segment = std::array<std::atomic<Extent*>, kSegment>;

  std::array<std::atomic<Segment*>, kMaxExtents / kSegment> segments_{};
  std::atomic<std::uint64_t> end_ = 0;
  std::atomic<std::size_t> size_ = 0;
  std::vector<std::unique_ptr<Segment>> owned_segments_;
  std::vector<std::unique_ptr<Extent>> owned_;
};

}  // namespace lapis::storage
