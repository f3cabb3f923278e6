// The heat rows and the index of cold chunks held against the chunk rows.
#pragma once

#include "lapis/storage/chunk_check.h"

namespace lapis::storage {

// A chunk has a heat row that names its paths, and a cold row for each of them, at the heat row's
// hour and rank; nothing else has any. Blocks. Errors: as check_chunks.
Result<void> check_heat(const ChunkCheck& check, const FindingSink& found);

}  // namespace lapis::storage
