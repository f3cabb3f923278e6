// Which configured directories are whose: decided by superblocks and rows before anything is
// written. A disk that is missing, foreign or mounted elsewhere is refused, never formatted.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/known_rows.h"
#include "storage/chunk/path_lock.h"
#include "storage/chunk/superblock.h"

namespace lapis::storage {

// One configured directory.
struct PathClaim {
  std::filesystem::path directory;
  const PoolOptions* pool = nullptr;
  std::optional<Superblock> superblock;  // nothing: empty, to be formatted
  std::optional<PathLock> lock;
};

// Examines every configured directory and locks it. Blocks. Creates nothing but missing new
// directories and lock files in directories that are ours or empty. Errors (kInternalError, the
// reason in `detail`): foreign, of another store, of a newer format, in use; registered but without
// its superblock (a disk that is not mounted), an older copy of what was registered; a registered
// path that is not configured.
Result<std::vector<PathClaim>> claim_paths(const std::vector<PoolOptions>& pools,
                                           const KnownRows& known, const std::string& store,
                                           io::FileSystem& files);

// A number of bytes for the extents of a path with so much space: a power of two, about a 256th.
std::uint64_t default_extent_bytes(std::uint64_t total_bytes);

// Makes the claim's directory a path of this store, or marks that it is opened once more: writes
// its superblock, durably. `known` is its row, if it has one. Blocks.
Result<PathRow> occupy_path(PathClaim& claim, const std::optional<PathRow>& known, PathId id,
                            const std::string& store, io::FileSystem& files);

}  // namespace lapis::storage
