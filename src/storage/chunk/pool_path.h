// PoolPath: a path with its supply of extents and the lock that keeps other processes out; and the
// set of them.
#pragma once

#include <memory>
#include <vector>

#include "storage/chunk/extent_supply.h"
#include "storage/chunk/path_lock.h"
#include "storage/chunk/path_state.h"

namespace lapis::storage {

struct PoolPath {
  PoolPath(const StoreContext& context, PathSettings settings, PathLock path_lock, Chore& reclaim,
           io::TaskGroup& group)
      : lock(std::move(path_lock)),
        state(std::move(settings)),
        supply(context, state, reclaim, group) {}

  PathLock lock;
  PathState state;
  ExtentSupply supply;
};

// Fixed once the store is open: read by every shard without a lock.
class PathSet {
 public:
  void add(std::unique_ptr<PoolPath> path) { paths_.push_back(std::move(path)); }
  std::size_t size() const { return paths_.size(); }
  PoolPath& operator[](std::size_t index) const { return *paths_[index]; }

  // Null where a row names a path or an extent that is not there.
  Extent* find(const Place& place) const {
    for (const auto& path : paths_) {
      if (path->state.settings().id == place.path) return path->state.extents().find(place.extent);
    }
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<PoolPath>> paths_;
};

}  // namespace lapis::storage
