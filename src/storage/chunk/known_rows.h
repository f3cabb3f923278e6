// What the metadata knows of paths and extents when the store is opened.
#pragma once

#include <map>

#include "lapis/base/result.h"
#include "lapis/storage/meta_store.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

struct KnownRows {
  std::map<PathId, PathRow> paths;
  std::map<PathId, std::map<ExtentId, ExtentRow>> extents;
};

// All of them block.
Result<KnownRows> load_known_rows(MetaSnapshot& snapshot);
Result<std::map<PathId, PathRow>> load_path_rows(MetaSnapshot& snapshot);
Result<std::map<ExtentId, ExtentRow>> load_extent_rows(MetaSnapshot& snapshot, PathId path);

}  // namespace lapis::storage
