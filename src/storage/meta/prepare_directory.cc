#include "storage/meta/prepare_directory.h"

#include <algorithm>
#include <string>
#include <vector>

namespace lapis::storage {
namespace {

// What a directory may hold and still count as empty: what an interrupted creation leaves, and what
// a fresh file system has at its root.
bool counts_as_nothing(const std::string& name) {
  return name == DirectoryLock::kFileName ||
         name == std::string(MetaSuperblock::kFileName) + ".tmp" || name == "lost+found";
}

// Errors: kInternalError for a directory that is neither ours nor empty.
Result<void> refuse_foreign(io::FileSystem& files, const std::filesystem::path& directory) {
  LAPIS_TRY(const std::vector<std::string> names, files.list(directory));
  const bool is_ours = std::ranges::find(names, MetaSuperblock::kFileName) != names.end();
  if (is_ours || std::ranges::all_of(names, counts_as_nothing)) return {};
  return fail(ErrorCode::kInternalError,
              directory.string() + " is not empty and holds no metadata of Lapis");
}

}  // namespace

Result<void> write_meta_superblock(io::FileSystem& files, const std::filesystem::path& directory,
                                   const MetaSuperblock& superblock) {
  return files.replace_file(directory / MetaSuperblock::kFileName,
                            encode_meta_superblock(superblock));
}

Result<PreparedDirectory> prepare_directory(io::FileSystem& files,
                                            const std::filesystem::path& directory) {
  LAPIS_TRY_VOID(files.make_directories(directory));
  LAPIS_TRY_VOID(refuse_foreign(files, directory));
  LAPIS_TRY(DirectoryLock lock, DirectoryLock::acquire(directory));
  // Only now: whoever held the lock may have been creating the store.
  const std::filesystem::path superblock_file = directory / MetaSuperblock::kFileName;
  LAPIS_TRY(const bool exists, files.exists(superblock_file));
  if (!exists) {
    const MetaSuperblock fresh{.uuid = Guid::make(), .is_ready = false};
    LAPIS_TRY_VOID(write_meta_superblock(files, directory, fresh));
    return PreparedDirectory{std::move(lock), fresh};
  }
  LAPIS_TRY(const std::string text, files.read_file(superblock_file, MetaSuperblock::kMaxBytes));
  LAPIS_TRY(const MetaSuperblock superblock, decode_meta_superblock(text));
  return PreparedDirectory{std::move(lock), superblock};
}

}  // namespace lapis::storage
