// `lapis fsck`: the checks of the chunk store and of the blob module over one snapshot, put
// together into one report. Reads only.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/storage/local_meta_store.h"

namespace lapis::admin {

struct FsckOptions {
  bool deep = false;
  // Findings shown of each sort; all are counted.
  std::size_t max_shown = 1'000;
  std::function<bool()> is_cancelled = {};
};

// {"clean": true, "online": false, "deep": false, "findings": [{"kind": "lost", "what": "...",
// ...}],
//  "counts": {"lost": 0, ...}, "affected": [{"container": "...", "blob": "...", "chunk": 7}],
//  "checked": {...}, "seconds": 1.5}

// Of a store that runs: its rows of one moment, what looks wrong looked at again. Blocks; not on a
// shard: it runs one of its own. Errors: what could not be read, kOperationTimedOut.
Result<nlohmann::json> fsck_online(storage::LocalMetaStore& meta, io::FileSystem& files,
                                   const FsckOptions& options, const Clock& clock);

// Of a store that does not run. `pool_paths`: where its paths may be found beside where they were
// last. Errors: as ReadOnlyMetaStore::open, and as above.
Result<nlohmann::json> fsck_offline(const std::filesystem::path& metadata_path,
                                    const std::vector<std::filesystem::path>& pool_paths,
                                    const FsckOptions& options, const Clock& clock);

}  // namespace lapis::admin
