// What the metadata knows of paths and extents when the store is opened.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/storage/meta_store.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

struct KnownRows {
  std::map<PathId, PathRow> paths;
  std::map<PathId, std::map<ExtentId, ExtentRow>> extents;
};

// Told of a row that does not decode, which is passed over then. Where there is none to tell, such
// a row is an error.
using DamagedRowSink = std::function<void(std::string_view key, const Error& why)>;

// All of them block.
Result<KnownRows> load_known_rows(MetaSnapshot& snapshot, const DamagedRowSink& damaged = {});
Result<std::map<PathId, PathRow>> load_path_rows(MetaSnapshot& snapshot,
                                                 const DamagedRowSink& damaged = {});
Result<std::map<ExtentId, ExtentRow>> load_extent_rows(MetaSnapshot& snapshot, PathId path);

}  // namespace lapis::storage
