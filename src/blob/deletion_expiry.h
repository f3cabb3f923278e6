// What is soft-deleted lives as long as the retention said that was in force when it was deleted.
#pragma once

#include <atomic>

#include "lapis/blob/reclaimer.h"

namespace lapis::blob {

// Ends all whose time is over at `now`, in small transactions; counts them in `stats`. Visits the
// rows of table 2f up to that time, nothing else. What cannot be read is told of and stays; so does
// what a nearly full disk refuses, which is the error in the end. Ends early once `stopping`.
io::Task<Result<void>> expire_deletions_until(Service& service, ServiceTime now,
                                              const std::atomic<bool>& stopping,
                                              ReclaimStats& stats);

}  // namespace lapis::blob
