// The index of tags checked against the tags of blobs, both ways.
#pragma once

#include "blob/check/container_index.h"

namespace lapis::blob {

// Tells of a row of the index whose blob has no such tag ("tag_index_row", leaked), and of a tag
// without its row (wrong: it is there, and a search passes it over). What waits to be swept is
// passed over. Errors: as check_references.
Result<void> check_tags(const ReferenceCheck& check, const ContainerIndex& containers,
                        const storage::FindingSink& found);

}  // namespace lapis::blob
