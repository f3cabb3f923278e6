#include "storage/chunk/sync_group.h"

#include <utility>

namespace lapis::storage {

io::Task<Result<void>> SyncGroup::sync() {
  const std::shared_ptr<Round> round = next_;
  while (!round->done && running_) co_await waiters_.park();
  if (round->done) co_return round->result;
  // The first of the round to get here leads it; those who ask from now on are of the next.
  running_ = true;
  next_ = std::make_shared<Round>();
  round->result = co_await datasync();
  round->done = true;
  running_ = false;
  if (!round->result && poisoned_) poison(round->result.error());
  waiters_.wake_all();
  co_return round->result;
}

io::Task<Result<void>> SyncGroup::datasync() {
  if (!poisoned_) co_return poisoned_;
#ifdef LAPIS_MUTANT_NO_EXTENT_SYNC
  static_cast<void>(file_);
  co_return Result<void>{};
#else
  Result<void> result = co_await file_.datasync();
  // Poisoned meanwhile, by a write that failed: this sync's word is not to be relied on.
  if (!poisoned_) co_return poisoned_;
  // Whatever the errno, bytes may be lost: never a matter of space alone.
  if (!result) co_return fail(ErrorCode::kInternalError, std::move(result).error().detail);
  co_return result;
#endif
}

void SyncGroup::poison(Error error) {
  if (poisoned_) poisoned_ = fail(std::move(error));
}

}  // namespace lapis::storage
