// Containers that are kept after their deletion, held against the rows of table 2f, both ways.
#pragma once

#include "blob/check/container_index.h"
#include "blob/keys.h"

namespace lapis::blob {

// Tells of those that would never go (lost, "expiry_row") and of rows that are not under the time
// that they tell (wrong, "kept_container"). Errors: as check_references.
Result<void> check_kept_containers(const ReferenceCheck& check, const ContainerIndex& containers,
                                   const storage::FindingSink& found);

// A row of table 2f that is a container's: tells of it where it ends nothing (leaked,
// "expiry_row").
Result<void> check_container_expiry(const ReferenceCheck& check, const ExpiryKey& due,
                                    std::string_view value, const ContainerIndex& containers,
                                    const storage::FindingSink& found);

}  // namespace lapis::blob
