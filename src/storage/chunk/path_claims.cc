#include "storage/chunk/path_claims.h"

#include <algorithm>
#include <bit>
#include <set>

#include "lapis/base/log.h"
#include "storage/chunk/pool_path.h"

namespace lapis::storage {
namespace {

using Path = std::filesystem::path;

constexpr std::uint64_t kMinExtentBytes = 4ull << 20;
constexpr std::uint64_t kMaxExtentBytes = 1ull << 30;

std::unexpected<Error> refuse(const Path& directory, const std::string& why) {
  return fail(ErrorCode::kInternalError, "pool path " + directory.string() + ": " + why);
}

const PathRow* registered_at(const KnownRows& known, const Path& directory) {
  for (const auto& [id, row] : known.paths) {
    if (row.directory == directory.string()) return &row;
  }
  return nullptr;
}

// May stand in a directory that counts as empty.
bool is_ignored(const std::string& name) {
  return name == "lock" || name == "lost+found" || name == std::string(kSuperblockName) + ".tmp";
}

Result<void> check_empty(const PathClaim& claim, const KnownRows& known, io::FileSystem& files) {
  if (registered_at(known, claim.directory) != nullptr) {
    return refuse(claim.directory, "it is registered but has no superblock; is its disk mounted?");
  }
  LAPIS_TRY(const bool exists, files.exists(claim.directory));
  if (!exists) return files.make_directories(claim.directory);
  LAPIS_TRY(const auto names, files.list(claim.directory));
  const auto foreign = std::ranges::find_if_not(names, is_ignored);
  if (foreign == names.end()) return {};
  return refuse(claim.directory, "it has no superblock and is not empty (" + *foreign + ")");
}

Result<void> check_owner(const PathClaim& claim, const KnownRows& known, const std::string& store) {
  const Superblock& superblock = *claim.superblock;
  if (superblock.store != store) {
    return refuse(claim.directory, "it belongs to another store, " + superblock.store);
  }
  if (superblock.pool != claim.pool->name) {
    return refuse(claim.directory, "it belongs to pool " + superblock.pool);
  }
  const PathRow* here = registered_at(known, claim.directory);
  if (here != nullptr && here->uuid != superblock.path) {
    return refuse(claim.directory, "it holds another path of this store; is a disk exchanged?");
  }
  const auto row = known.paths.find(superblock.id);
  if (row == known.paths.end()) return {};
  if (row->second.uuid != superblock.path) {
    return refuse(claim.directory, "its id is another path's");
  }
  if (superblock.generation < row->second.generation) {
    return refuse(claim.directory, "it is an older copy (generation " +
                                       std::to_string(superblock.generation) + ", registered is " +
                                       std::to_string(row->second.generation) + ")");
  }
  return {};
}

Result<void> examine(PathClaim& claim, const KnownRows& known, const std::string& store,
                     io::FileSystem& files) {
  const Path name = claim.directory / kSuperblockName;
  LAPIS_TRY(const bool exists, files.exists(name));
  if (!exists) return check_empty(claim, known, files);
  LAPIS_TRY(const std::string text, files.read_file(name, kMaxSuperblockBytes));
  auto superblock = decode_superblock(text);
  if (!superblock) return refuse(claim.directory, superblock.error().detail);
  claim.superblock = std::move(*superblock);
  return check_owner(claim, known, store);
}

Result<void> check_all_present(const std::vector<PathClaim>& claims, const KnownRows& known) {
  std::set<std::string> present;
  std::set<PathId> ids;
  for (const PathClaim& claim : claims) {
    if (!claim.superblock) continue;
    const bool is_new = present.insert(claim.superblock->path).second;
    if (!is_new || !ids.insert(claim.superblock->id).second) {
      return refuse(claim.directory, "the same path is configured twice");
    }
  }
  for (const auto& [id, row] : known.paths) {
    if (present.contains(row.uuid)) continue;
    return fail(ErrorCode::kInternalError, "pool path " + row.directory + " (pool " + row.pool +
                                               ") is registered but not configured");
  }
  return {};
}

bool is_pool_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits);
}

}  // namespace

Result<std::vector<PathClaim>> claim_paths(const std::vector<PoolOptions>& pools,
                                           const KnownRows& known, const std::string& store,
                                           io::FileSystem& files) {
  std::vector<PathClaim> claims;
  for (const PoolOptions& pool : pools) {
    if (!is_pool_name(pool.name)) return fail(ErrorCode::kInternalError, "pool name " + pool.name);
    for (const Path& path : pool.paths) {
      claims.push_back({std::filesystem::absolute(path).lexically_normal(), &pool, {}, {}});
    }
  }
  if (claims.empty()) return fail(ErrorCode::kInternalError, "no pool path is configured");
  if (claims.size() > PathSet::kMaxPaths) {
    return fail(ErrorCode::kInternalError,
                "more than " + std::to_string(PathSet::kMaxPaths) + " pool paths are configured");
  }
  for (PathClaim& claim : claims) LAPIS_TRY_VOID(examine(claim, known, store, files));
  LAPIS_TRY_VOID(check_all_present(claims, known));
  // Locked once all are known to be ours or empty, and examined again: another process may have
  // been faster.
  for (PathClaim& claim : claims) {
    LAPIS_TRY(claim.lock, PathLock::acquire(claim.directory));
    LAPIS_TRY_VOID(examine(claim, known, store, files));
  }
  return claims;
}

std::uint64_t default_extent_bytes(std::uint64_t total_bytes) {
  return std::clamp(std::bit_floor(std::max<std::uint64_t>(total_bytes / 256, 1)), kMinExtentBytes,
                    kMaxExtentBytes);
}

Result<PathRow> occupy_path(PathClaim& claim, const std::optional<PathRow>& known, PathId id,
                            const std::string& store, io::FileSystem& files) {
  if (!claim.superblock) {
    std::uint64_t extent_bytes = claim.pool->extent_bytes;
    if (extent_bytes == 0) {
      LAPIS_TRY(const io::DiskSpace space, files.space(claim.directory));
      extent_bytes = default_extent_bytes(space.total_bytes);
    }
    claim.superblock = Superblock{
        store, Guid::make().to_string(), id, claim.pool->name, claim.pool->pool_class, extent_bytes,
        0};
  }
  Superblock& superblock = *claim.superblock;
  if (claim.pool->extent_bytes != 0 && claim.pool->extent_bytes != superblock.extent_bytes) {
    log_warn("storage", "the size of a path's extents is fixed at registration",
             {{"path", claim.directory.string()}, {"extent_bytes", superblock.extent_bytes}});
  }
  const bool fits = superblock.extent_bytes >= (1ull << 20) &&
                    superblock.extent_bytes <= (1ull << 40) &&
                    std::has_single_bit(superblock.extent_bytes);
  if (!fits) return refuse(claim.directory, "extents of a size that is not a power of two");
  superblock.pool_class = claim.pool->pool_class;
  superblock.generation = std::max(superblock.generation, known ? known->generation : 0) + 1;
  // First the superblock, then the row: the disk is never behind what is registered.
  LAPIS_TRY_VOID(files.replace_file(claim.directory / kSuperblockName, encode(superblock)));
  LAPIS_TRY_VOID(files.make_directories(extents_directory(claim.directory)));
  LAPIS_TRY_VOID(files.sync_directory(claim.directory));
  return PathRow{superblock.path, superblock.pool, claim.directory.string(), superblock.generation,
                 superblock.extent_bytes};
}

}  // namespace lapis::storage
