// The index of tags (table 2c): a row for each tag of each blob that is found by them, with nothing
// in it. Written in the transaction that writes the blob's row, so that it is never behind. Plain
// functions, as in blob_rows.h.
#pragma once

#include <string>
#include <string_view>

#include "blob/records.h"
#include "lapis/blob/types.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// A blob has tags `now` that had `before`; none where it is made, or is no more. All of `now` are
// put, those that it had too: a row that was lost comes back with the next write.
void index_tags(storage::MetaView& view, ContainerId container, std::string_view name,
                const Tags& before, const Tags& now);

// Of the blob that a write replaces; none where it replaces none.
const Tags& tags_of(const BlobRecord* replaced);

}  // namespace lapis::blob
