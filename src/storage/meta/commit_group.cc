#include "storage/meta/commit_group.h"

#include <algorithm>
#include <coroutine>
#include <exception>
#include <string>
#include <utility>

#include "lapis/base/check.h"
#include "storage/meta/from_rocksdb.h"
#include "storage/meta/overlay_view.h"
#include "storage/meta/rocks_options.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kMaxMembers = 1024;
constexpr std::size_t kMaxBatchBytes = 16u << 20;
// Room is measured before each group: near its end no group takes much of what is left.
constexpr std::size_t kMaxBatchBytesNearlyFull = 4u << 20;

Result<void> call(Transaction& fn, MetaView& view) {
  try {
    return fn(view);
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::kInternalError, std::string("transaction threw: ") + thrown.what());
  } catch (...) {
    return fail(ErrorCode::kInternalError, "transaction threw");
  }
}

}  // namespace

void CommitGroup::run(Pending& pending) {
  members_.push_back(&pending);
  pending.result = run_in_batch(pending.fn);
}

Result<void> CommitGroup::run_in_batch(Transaction& fn) {
  OverlayView view(db_, overlay_, batch_, last_id_);
  batch_.SetSavePoint();
  Result<void> result = call(fn, view);
  if (result) result = admit(room_, view.size());
  if (!result) {
    LAPIS_CHECK(batch_.RollbackToSavePoint().ok());
    return result;
  }
  LAPIS_CHECK(batch_.PopSavePoint().ok());
  stripes_.insert(stripes_.end(), view.stripes().begin(), view.stripes().end());
  overlay_.absorb(std::move(view).take_writes());
  return result;
}

bool CommitGroup::is_full() const {
  const std::size_t most = room_ == Room::kForAll ? kMaxBatchBytes : kMaxBatchBytesNearlyFull;
  return members_.size() >= kMaxMembers || batch_.GetDataSize() >= most;
}

Result<CommitPoint> CommitGroup::write() {
  const CommitPoint after{.sequence = before_.sequence + 1, .last_id = last_id_};
  put_commit_point(batch_, after);
  const rocksdb::Status written = db_.Write(durable_write(), &batch_);
  if (!written.ok()) return fail(from_rocksdb(written, "write metadata"));
  return after;
}

void CommitGroup::raise_versions(VersionStripes& versions) const {
  for (const VersionStripes::Stripe stripe : stripes_) versions.raise(stripe);
}

void CommitGroup::complete(const Result<void>& outcome) {
  struct Home {
    io::Executor* executor;
    std::vector<std::coroutine_handle<>> awaiters;
  };
  std::vector<Home> homes;
  for (Pending* const member : members_) {
    if (!outcome) member->result = outcome;
    auto home = std::ranges::find(homes, member->home, &Home::executor);
    if (home == homes.end()) home = homes.insert(home, Home{member->home, {}});
    home->awaiters.push_back(member->awaiter);
  }
  members_.clear();
  for (Home& home : homes) {
    home.executor->post([awaiters = std::move(home.awaiters)] {
      for (const std::coroutine_handle<> awaiter : awaiters) awaiter.resume();
    });
  }
}

}  // namespace lapis::storage
