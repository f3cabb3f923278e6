// What those have in common that change the set of paths while the store runs.
#pragma once

#include <optional>
#include <string>

#include "storage/chunk/path_adoption.h"
#include "storage/chunk/turns.h"

namespace lapis::storage {

struct PathWork {
  const StoreContext& context;
  const ChunkStoreOptions& options;
  PathSet& paths;
  PathAdoption& adoption;
  Turns& turns;  // one change of a path at a time

  const PoolOptions* pool(const std::string& name) const {
    for (const PoolOptions& pool : options.pools) {
      if (pool.name == name) return &pool;
    }
    return nullptr;
  }
};

// Recovers what lies in one directory, and tells what evidence of lost commits that holds: nothing
// where there is none.
io::Task<Result<std::optional<std::string>>> find_lost(const StoreContext& context,
                                                       Admission& admission);

// Then makes it a path: superblock, rows.
io::Task<Result<void>> admit(const StoreContext& context, Admission& admission, PathId new_id);

}  // namespace lapis::storage
