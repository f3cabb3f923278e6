// PathAdoption: makes an admitted path one of the set that the store uses.
#pragma once

#include "lapis/io/task.h"
#include "lapis/io/task_group.h"
#include "storage/chunk/path_admission.h"
#include "storage/chunk/pool_path.h"

namespace lapis::storage {

// Lives on the background shard.
class PathAdoption {
 public:
  PathAdoption(const StoreContext& context, PathSet& paths, Chore& reclaim, io::TaskGroup& group)
      : context_(context), paths_(paths), reclaim_(reclaim), group_(group) {}

  // Adds the path, whose rows are durable. A missing one comes with its extents as the rows have
  // them: nothing of it can be read, but what rows name of it is counted and released like all
  // else, so that no extent of it is taken for dead when it comes back.
  io::Task<void> adopt(Admission admission);

  // A missing path of the set has been found, and is used from here on.
  io::Task<void> bring_back(PoolPath& path, Admission admission);

 private:
  void add_extent(PoolPath& path, ExtentId id, ExtentRow row, std::unique_ptr<io::File> reader);

  const StoreContext& context_;
  PathSet& paths_;
  Chore& reclaim_;
  io::TaskGroup& group_;
};

}  // namespace lapis::storage
