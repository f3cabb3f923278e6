#include "storage/chunk/path_examination.h"

#include <algorithm>

namespace lapis::storage {
namespace {

using Path = std::filesystem::path;
using Registered = std::map<PathId, PathRow>::value_type;

// Null where nothing is.
const Registered* registered_at(const KnownRows& known, const Path& directory) {
  for (const Registered& path : known.paths) {
    if (path.second.mode == PathMode::kRetired) continue;
    if (normal_directory(path.second.directory) == directory) return &path;
  }
  return nullptr;
}

// A path that was here has been given up, and nobody has asked to use its directory anew: it may
// well be a bare mount point, or a disk that is dead.
bool is_given_up(const PathClaim& claim, const KnownRows& known) {
  return !claim.is_asked_for && std::ranges::any_of(known.paths, [&](const Registered& path) {
    return path.second.mode == PathMode::kRetired &&
           normal_directory(path.second.directory) == claim.directory;
  });
}

// May stand in a directory that counts as empty.
bool is_ignored(const std::string& name) {
  return name == "lock" || name == "lost+found" || name == std::string(kSuperblockName) + ".tmp";
}

Result<void> check_empty(const PathClaim& claim, io::FileSystem& files) {
  LAPIS_TRY(const bool exists, files.exists(claim.directory));
  if (!exists) return files.make_directories(claim.directory);
  LAPIS_TRY(const auto names, files.list(claim.directory));
  const auto foreign = std::ranges::find_if_not(names, is_ignored);
  if (foreign == names.end()) return {};
  return refuse_path(claim.directory, "it has no superblock and is not empty (" + *foreign + ")");
}

Result<std::optional<std::string>> superblock_text(const Path& directory, io::FileSystem& files) {
  const Path name = directory / kSuperblockName;
  LAPIS_TRY(const bool exists, files.exists(name));
  if (!exists) return std::nullopt;
  LAPIS_TRY(std::string text, files.read_file(name, kMaxSuperblockBytes));
  return text;
}

Result<void> set_missing(PathClaim& claim, const Registered& path, std::string why) {
  if (path.second.pool != claim.pool->name) {
    return refuse_path(claim.directory, "it belongs to pool " + path.second.pool);
  }
  claim.missing = path.first;
  claim.why = std::move(why);
  return {};
}

Result<void> check_owner(PathClaim& claim, const KnownRows& known, const std::string& store) {
  const Superblock& superblock = *claim.superblock;
  if (superblock.store != store) {
    return refuse_path(claim.directory, "it belongs to another store, " + superblock.store);
  }
  const auto row = known.paths.find(superblock.id);
  const bool is_known = row != known.paths.end() && row->second.uuid == superblock.path;
  if (is_known && row->second.mode == PathMode::kRetired) {
    claim.is_retired = true;
    return {};
  }
  if (superblock.pool != claim.pool->name) {
    return refuse_path(claim.directory, "it belongs to pool " + superblock.pool);
  }
  const Registered* here = registered_at(known, claim.directory);
  if (here != nullptr && here->second.uuid != superblock.path) {
    return refuse_path(claim.directory,
                       "it holds another path of this store; is a disk exchanged?");
  }
  if (row == known.paths.end()) return {};
  if (!is_known) return refuse_path(claim.directory, "its id is another path's");
  if (superblock.generation < row->second.generation) {
    return refuse_path(claim.directory,
                       "it is an older copy (generation " + std::to_string(superblock.generation) +
                           ", registered is " + std::to_string(row->second.generation) + ")");
  }
  return {};
}

}  // namespace

std::unexpected<Error> refuse_path(const Path& directory, const std::string& why) {
  return fail(ErrorCode::kInternalError, "pool path " + directory.string() + ": " + why);
}

Result<void> examine_directory(PathClaim& claim, const KnownRows& known, const std::string& store,
                               io::FileSystem& files) {
  claim.superblock.reset();
  claim.missing.reset();
  const Registered* here = registered_at(known, claim.directory);
  const auto text = superblock_text(claim.directory, files);
  if (here != nullptr && !text) {
    return set_missing(claim, *here, "it cannot be read: " + to_string(text.error()));
  }
  if (here != nullptr && !*text) {
    return set_missing(claim, *here, "it has no superblock; is its disk mounted?");
  }
  if ((!text || !*text) && is_given_up(claim, known)) {
    claim.is_retired = true;
    return {};
  }
  if (!text) return fail(text.error());
  if (!*text) return check_empty(claim, files);
  auto superblock = decode_superblock(**text);
  if (!superblock) return refuse_path(claim.directory, superblock.error().detail);
  claim.superblock = std::move(*superblock);
  return check_owner(claim, known, store);
}

}  // namespace lapis::storage
