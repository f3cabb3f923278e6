// PoolPath: a path with its supply of extents and the lock that keeps other processes out; and the
// set of them.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "storage/chunk/extent_supply.h"
#include "storage/chunk/path_lock.h"
#include "storage/chunk/path_state.h"

namespace lapis::storage {

struct PoolPath {
  PoolPath(const StoreContext& context, PathSettings settings, Chore& reclaim, io::TaskGroup& group)
      : state(std::move(settings)), supply(context, state, reclaim, group) {}

  std::optional<PathLock> lock;  // while its directory is ours; the background shard's
  PathState state;
  ExtentSupply supply;
};

// Paths are only ever added: an index and an id stay their path's for as long as the store is open.
// Read by every shard without a lock; `add` on one thread at a time.
class PathSet {
 public:
  // More than that are refused when they are claimed.
  static constexpr std::size_t kMaxPaths = 1024;

  PathSet() = default;
  PathSet(const PathSet&) = delete;
  PathSet& operator=(const PathSet&) = delete;

  // The path's id is not in the set.
  PoolPath& add(std::unique_ptr<PoolPath> path) {
    LAPIS_CHECK(owned_.size() < kMaxPaths);
    owned_.push_back(std::move(path));
    PoolPath& added = *owned_.back();
    auto* bucket = &by_id_[bucket_of(added.state.settings().id)];
    while (bucket->load(std::memory_order_relaxed) != nullptr) bucket = next_to(bucket);
    bucket->store(&added, std::memory_order_release);
    paths_[owned_.size() - 1].store(&added, std::memory_order_release);
    size_.store(owned_.size(), std::memory_order_release);
    return added;
  }

  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  PoolPath& operator[](std::size_t index) const {
    return *paths_[index].load(std::memory_order_acquire);
  }

  // Null where there is none.
  PoolPath* by_id(PathId id) const {
    const auto* bucket = &by_id_[bucket_of(id)];
    while (true) {
      PoolPath* path = bucket->load(std::memory_order_acquire);
      if (path == nullptr || path->state.settings().id == id) return path;
      bucket = next_to(bucket);
    }
  }

  // Null where a row names a path or an extent that is not there.
  Extent* find(const Place& place) const {
    const PoolPath* path = by_id(place.path);
    return path == nullptr ? nullptr : path->state.extents().find(place.extent);
  }

 private:
  using Bucket = std::atomic<PoolPath*>;
  static constexpr std::size_t kBuckets = 4 * kMaxPaths;

  // Ids are dense, so nearly every path has its own.
  static std::size_t bucket_of(PathId id) { return id.value % kBuckets; }
  template <class B>
  B* next_to(B* bucket) const {
    return bucket == &by_id_.back() ? bucket - (kBuckets - 1) : bucket + 1;
  }

  std::array<Bucket, kMaxPaths> paths_{};
  std::array<Bucket, kBuckets> by_id_{};  // never more than a quarter full
  std::atomic<std::size_t> size_ = 0;
  std::vector<std::unique_ptr<PoolPath>> owned_;
};

}  // namespace lapis::storage
