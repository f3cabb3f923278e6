// Damage that scrub or a read has recorded, as findings of a check that does not read payloads.
#pragma once

#include "lapis/storage/chunk_check.h"

namespace lapis::storage {

// Of chunks that are still there. Blocks. Errors: as check_chunks.
Result<void> tell_known_damage(const ChunkCheck& check, const FindingSink& found);

}  // namespace lapis::storage
