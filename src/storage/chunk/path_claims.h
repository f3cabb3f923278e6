// Which configured directories are whose: decided by superblocks and rows before anything is
// written. A disk that is foreign, an older copy or mounted elsewhere is refused, never formatted;
// one that is not there is missing.
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

// One directory of a pool.
struct PathClaim {
  std::filesystem::path directory;
  const PoolOptions* pool = nullptr;
  bool is_configured = true;             // else known by its row alone
  bool is_asked_for = false;             // by an operator, now: to be formatted if it is empty
  std::optional<Superblock> superblock;  // nothing: empty, to be formatted, or missing
  std::optional<PathLock> lock;          // not of what is missing or retired
  std::optional<PathId> missing;         // what is registered here and is not there
  bool is_retired = false;
  std::string why;  // it is missing
};

// As paths are compared: absolute, without a slash at the end.
std::filesystem::path normal_directory(const std::filesystem::path& directory);

// Examines every configured directory, and those that were added while the store ran, and locks
// them. Blocks. Creates nothing but missing new directories and lock files in directories that are
// ours or empty. Those that are retired are left out. Errors (kInternalError, the reason in
// `detail`): foreign, of another store, of a newer format, in use; an older copy of what was
// registered; a registered path that is not configured.
Result<std::vector<PathClaim>> claim_paths(const std::vector<PoolOptions>& pools,
                                           const KnownRows& known, const std::string& store,
                                           io::FileSystem& files);

// The same for one directory of a store that runs; the claim's directory and pool are set.
Result<void> claim_path(PathClaim& claim, const KnownRows& known, const std::string& store,
                        io::FileSystem& files);

// Larger than every path id that is or was in use.
PathId next_path_id(const KnownRows& known);

// A number of bytes for the extents of a path with so much space: a power of two, about a 256th.
std::uint64_t default_extent_bytes(std::uint64_t total_bytes);

// Makes the claim's directory a path of this store, or marks that it is opened once more: writes
// its superblock, durably. `known` is its row, if it has one. Blocks.
Result<PathRow> occupy_path(PathClaim& claim, const std::optional<PathRow>& known, PathId id,
                            const std::string& store, io::FileSystem& files);

}  // namespace lapis::storage
