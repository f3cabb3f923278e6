// Containers that are kept for a while after their deletion: the row of the name goes to table 30,
// under the time of the deletion too, and what they hold stays where it is, untouched. Their state
// says so (kKept): no request finds them by a name or writes to them, and the sweeper passes them
// by. What ends in them by itself goes on ending (0032). Plain functions, each for one transaction
// of the account.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "blob/blob_rows.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// What is in the row of its name is kept until then, under `now` or the next time that no other
// deletion of that name has. The lease ends.
Result<void> keep_container(storage::MetaView& view, const ContainerKey& name,
                            ContainerRecord container, Deletion deletion);

// The container goes for good: the sweeper takes what it holds. The mark is drawn here, so that the
// reclaimer can tell deletions that every reader has seen from later ones, as it does with release
// entries.
Result<void> end_container(storage::MetaView& view, ContainerId container);

// It is there again, under `name`, which is free. `key`: in table 30.
Result<void> restore_kept(storage::MetaView& view, const std::string& key,
                          ContainerRecord container, const ContainerKey& name);

// The end of `due`, whose row holds `key`: ends the container, unless it was restored since.
// Returns whether it did.
Result<bool> expire_container(storage::MetaView& view, const ExpiryKey& due,
                              const std::string& key);

// A row of table 30. Errors: kInternalError for one that does not say when it was deleted.
Result<ContainerRecord> decode_kept(std::string_view row);

// What operators are shown of one that is kept: its name, and which deletion it is.
std::string kept_name(std::string_view name, Timestamp deleted);

}  // namespace lapis::blob
