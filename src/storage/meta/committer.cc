#include "storage/meta/committer.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "lapis/base/request_trace.h"

namespace lapis::storage {
namespace {

Error read_only() {
  return Error{ErrorCode::kInternalError, "the metadata store is read-only until restart"};
}

// Signals are for the thread that waits for them.
void set_up_thread() {
  (void)::pthread_setname_np(::pthread_self(), "lapis-commit");
  sigset_t all;
  ::sigfillset(&all);
  (void)::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

// Suspends a coroutine until its transaction's group is committed. Lives in that coroutine's frame.
class Committer::Turn {
 public:
  Turn(PendingQueue& queue, Transaction fn) : queue_(queue) { pending_.fn = std::move(fn); }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiter) {
    pending_.home = io::Executor::current();
    LAPIS_CHECK(pending_.home != nullptr);
    pending_.awaiter = awaiter;
    // Once pushed it is the committer's; resumption is posted here and so comes after this returns.
    Result<void> pushed = queue_.push(pending_);
    if (pushed) return true;
    pending_.result = std::move(pushed);
    return false;
  }
  Result<void> await_resume() { return std::move(pending_.result); }

 private:
  PendingQueue& queue_;
  Pending pending_;
};

Committer::Committer(rocksdb::DB& db, VersionStripes& versions, FirstRows& first_rows,
                     const MetaStoreOptions& options, CommitPoint recovered)
    : db_(db),
      versions_(versions),
      first_rows_(first_rows),
      directory_(options.directory),
      min_free_bytes_(options.min_free_bytes),
      cycles_(options.cycles),
      queue_(options.max_pending),
      point_(recovered),
      durable_(recovered.sequence),
      thread_(&Committer::commit_until_closed, this) {}

Committer::~Committer() {
  queue_.close();
  thread_.join();
}

io::Task<Result<void>> Committer::transact(Transaction fn) {
  if (has_failed()) co_return fail(read_only());
  const PhaseTimer waiting(co_await io::current_trace(), Phase::kMetadata);
  Turn turn(queue_, std::move(fn));
  co_return co_await turn;
}

void Committer::commit_until_closed() {
  set_up_thread();
  while (Pending* const first = queue_.take()) commit_group_of(*first);
}

void Committer::commit_group_of(Pending& first) {
  const Room room = measure_room(directory_, min_free_bytes_);
  CommitGroup group(db_, room, point_);
  for (Pending* next = &first; next != nullptr;
       next = group.is_full() ? nullptr : queue_.try_take()) {
    group.run(*next);
  }
  transactions_.fetch_add(group.size(), std::memory_order_relaxed);
  const Result<void> outcome = make_durable(group);
  group.complete(outcome);
}

Result<void> Committer::make_durable(CommitGroup& group) {
  if (has_failed()) return fail(read_only());
  if (!group.has_writes()) return {};
  const Cycles began = cycles_now();
  crash_point(CrashPoint::kCommitBeforeWrite);
  Result<CommitPoint> written = group.write();
  write_times_.record(cycles_.nanoseconds(cycles_between(began, cycles_now())));
  group_sizes_.record(group.size());
  if (!written) {
    failed_.store(true, std::memory_order_release);
    log_error("meta", "a metadata write failed: the store is read-only until restart",
              {{"reason", to_string(written.error())}});
    return fail(ErrorCode::kInternalError, written.error().detail);
  }
  point_ = *written;
  crash_point(CrashPoint::kCommitWritten);
  group.raise_versions(versions_);
  first_rows_.note(group.writes(), db_.GetLatestSequenceNumber());
  groups_.fetch_add(1, std::memory_order_relaxed);
  durable_.store(point_.sequence, std::memory_order_release);
  return {};
}

void Committer::add_to(MetaStoreStats& stats) const {
  stats.transactions = transactions();
  stats.groups = groups();
  stats.waiting = queue_.size();
  stats.group_sizes = group_sizes_.snapshot();
  stats.write_times = write_times_.snapshot();
  stats.writable = !has_failed();
}

}  // namespace lapis::storage
