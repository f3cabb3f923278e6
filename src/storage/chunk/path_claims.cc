#include "storage/chunk/path_claims.h"

#include <algorithm>
#include <bit>
#include <set>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/path_examination.h"
#include "storage/chunk/pool_path.h"

namespace lapis::storage {
namespace {

using Path = std::filesystem::path;
using Claims = std::vector<PathClaim>;

constexpr std::uint64_t kMinExtentBytes = 4ull << 20;
constexpr std::uint64_t kMaxExtentBytes = 1ull << 30;

bool is_pool_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits);
}

Result<Claims> configured(const std::vector<PoolOptions>& pools) {
  Claims claims;
  for (const PoolOptions& pool : pools) {
    if (!is_pool_name(pool.name)) return fail(ErrorCode::kInternalError, "pool name " + pool.name);
    for (const Path& path : pool.paths) {
      PathClaim claim;
      claim.directory = normal_directory(path);
      claim.pool = &pool;
      claims.push_back(std::move(claim));
    }
  }
  if (claims.empty()) return fail(ErrorCode::kInternalError, "no pool path is configured");
  return claims;
}

bool is_claimed(const Claims& claims, PathId id, const PathRow& row) {
  return std::ranges::any_of(claims, [&](const PathClaim& claim) {
    return claim.missing == id || (claim.superblock && claim.superblock->path == row.uuid);
  });
}

// Paths that were added while the store ran and that the configuration does not name yet.
Result<void> claim_added(Claims& claims, const std::vector<PoolOptions>& pools,
                         const KnownRows& known, const std::string& store, io::FileSystem& files) {
  for (const auto& [id, row] : known.paths) {
    if (!row.is_added || row.mode == PathMode::kRetired || is_claimed(claims, id, row)) continue;
    const auto pool = std::ranges::find(pools, row.pool, &PoolOptions::name);
    if (pool == pools.end()) {
      return fail(ErrorCode::kInternalError, "pool path " + row.directory + " was added to pool " +
                                                 row.pool + ", which is not configured");
    }
    log_warn("storage", "pool path was added while running; the configuration should name it",
             {{"path", row.directory}, {"pool", row.pool}});
    PathClaim claim;
    claim.directory = row.directory;
    claim.pool = &*pool;
    claim.is_configured = false;
    LAPIS_TRY_VOID(examine_directory(claim, known, store, files));
    claims.push_back(std::move(claim));
  }
  return {};
}

void leave_out_retired(Claims& claims) {
  std::erase_if(claims, [](const PathClaim& claim) {
    if (!claim.is_retired) return false;
    log_warn("storage", "pool path is retired and not used; the configuration still names it",
             {{"path", claim.directory.string()}});
    return true;
  });
}

Result<void> check_all_present(const Claims& claims, const KnownRows& known) {
  std::set<std::string> present;
  std::set<PathId> ids;
  for (const PathClaim& claim : claims) {
    if (!claim.superblock && !claim.missing) continue;
    const PathId id = claim.missing ? *claim.missing : claim.superblock->id;
    const bool is_new = claim.missing || present.insert(claim.superblock->path).second;
    if (!is_new || !ids.insert(id).second) {
      return refuse_path(claim.directory, "the same path is configured twice");
    }
  }
  for (const auto& [id, row] : known.paths) {
    if (row.mode == PathMode::kRetired || ids.contains(id)) continue;
    return fail(ErrorCode::kInternalError, "pool path " + row.directory + " (pool " + row.pool +
                                               ") is registered but not configured");
  }
  return {};
}

// Examined again under the lock: another process may have been faster.
Result<void> lock_claim(PathClaim& claim, const KnownRows& known, const std::string& store,
                        io::FileSystem& files) {
  if (claim.missing || claim.is_retired) return {};
  LAPIS_TRY(claim.lock, PathLock::acquire(claim.directory));
  LAPIS_TRY_VOID(examine_directory(claim, known, store, files));
  if (claim.missing || claim.is_retired) claim.lock.reset();
  return {};
}

}  // namespace

Path normal_directory(const Path& directory) {
  const Path normal = std::filesystem::absolute(directory).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

Result<Claims> claim_paths(const std::vector<PoolOptions>& pools, const KnownRows& known,
                           const std::string& store, io::FileSystem& files) {
  LAPIS_TRY(Claims claims, configured(pools));
  for (PathClaim& claim : claims) LAPIS_TRY_VOID(examine_directory(claim, known, store, files));
  LAPIS_TRY_VOID(claim_added(claims, pools, known, store, files));
  leave_out_retired(claims);
  if (claims.size() > PathSet::kMaxPaths) {
    return fail(ErrorCode::kInternalError,
                "there are more than " + std::to_string(PathSet::kMaxPaths) + " pool paths");
  }
  LAPIS_TRY_VOID(check_all_present(claims, known));
  // Locked once all are known to be ours or empty.
  for (PathClaim& claim : claims) LAPIS_TRY_VOID(lock_claim(claim, known, store, files));
  return claims;
}

Result<void> claim_path(PathClaim& claim, const KnownRows& known, const std::string& store,
                        io::FileSystem& files) {
  LAPIS_TRY_VOID(examine_directory(claim, known, store, files));
  return lock_claim(claim, known, store, files);
}

PathId next_path_id(const KnownRows& known) {
  return PathId{known.paths.empty() ? 1 : known.paths.rbegin()->first.value + 1};
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
  if (!fits) return refuse_path(claim.directory, "extents of a size that is not a power of two");
  superblock.pool_class = claim.pool->pool_class;
  superblock.is_retired = false;
  // One more than what is registered, however often it is tried until the row follows: more than
  // that is evidence of lost commits, and where those were accepted it is left behind.
  const std::uint64_t next = (known ? known->generation : 0) + 1;
  superblock.generation = superblock.generation > next ? superblock.generation + 1 : next;
  // First the superblock, then the row: the disk is never behind what is registered.
  crash_point(CrashPoint::kPathBeforeSuperblock);
  LAPIS_TRY_VOID(files.replace_file(claim.directory / kSuperblockName, encode(superblock)));
  crash_point(CrashPoint::kPathSuperblock);
  LAPIS_TRY_VOID(files.make_directories(extents_directory(claim.directory)));
  LAPIS_TRY_VOID(files.sync_directory(claim.directory));
  crash_point(CrashPoint::kPathOccupied);
  PathRow row;
  row.uuid = superblock.path;
  row.pool = superblock.pool;
  row.directory = claim.directory.string();
  row.generation = superblock.generation;
  row.extent_bytes = superblock.extent_bytes;
  row.mode = known ? known->mode : PathMode::kNormal;
  row.is_added = !claim.is_configured;
  return row;
}

}  // namespace lapis::storage
