// What is soft-deleted goes for good when its time is over: the states of one name, in a
// transaction of the container.
#pragma once

#include <span>

#include "blob/keys.h"
#include "lapis/base/result.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// All of `due`, which are of one name. What is not there like that any more is passed over; of a
// container that the sweeper empties nothing is touched, and of one that is kept they go as of any.
// The row that counts is written once. Returns how many went.
Result<std::size_t> expire(storage::MetaView& view, std::span<const ExpiryKey> due);

}  // namespace lapis::blob
