// What a directory is, by its superblock and the rows: ours, empty, missing, retired, or to be
// refused. See claim_paths.
#pragma once

#include <string>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "storage/chunk/path_claims.h"

namespace lapis::storage {

std::unexpected<Error> refuse_path(const std::filesystem::path& directory, const std::string& why);

// Fills in what the claim's directory is; its directory and pool are set. Blocks, and changes
// nothing but that a directory that was never registered is made.
Result<void> examine_directory(PathClaim& claim, const KnownRows& known, const std::string& store,
                               io::FileSystem& files);

}  // namespace lapis::storage
