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

// Blocks.
Result<KnownRows> load_known_rows(MetaSnapshot& snapshot);

}  // namespace lapis::storage
