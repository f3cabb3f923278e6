// The past states of names held against the rows that count them, and what is soft-deleted against
// the rows of table 2f, both ways.
#pragma once

#include "blob/check/container_index.h"

namespace lapis::blob {

// Tells of counts that are wrong ("past_states"), of past states without a row that counts them
// (lost, "root") or a root beside a blob (leaked), of roots that the container's state does not
// tell of, so that no write finds them ("has_roots"), of policies and holds that it does not tell
// of, so that its deletion would not look for them ("protections"), of what is soft-deleted and
// would never go (lost, "expiry_row"), and of rows that stand for nothing (leaked). What waits to
// be swept is passed over. Errors: as check_references.
Result<void> check_past_states(const ReferenceCheck& check, const ContainerIndex& containers,
                               const storage::FindingSink& found);

}  // namespace lapis::blob
