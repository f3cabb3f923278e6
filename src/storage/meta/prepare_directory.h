// The first step of opening a metadata store: decides what the directory is and takes it, or leaves
// it untouched.
//
//   <directory>/lapis.meta   superblock
//   <directory>/lapis.lock   lock file
//   <directory>/db/          RocksDB
#pragma once

#include <filesystem>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "storage/meta/directory_lock.h"
#include "storage/meta/meta_superblock.h"

namespace lapis::storage {

struct PreparedDirectory {
  DirectoryLock lock;
  MetaSuperblock superblock;
};

// Creates an absent directory, and the superblock of one that holds nothing yet. Blocks. Errors
// (kInternalError): foreign, in use, newer format, damaged superblock.
Result<PreparedDirectory> prepare_directory(io::FileSystem& files,
                                            const std::filesystem::path& directory);

Result<void> write_meta_superblock(io::FileSystem& files, const std::filesystem::path& directory,
                                   const MetaSuperblock& superblock);

}  // namespace lapis::storage
