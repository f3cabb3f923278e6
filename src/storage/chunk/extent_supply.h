// ExtentSupply: keeps an empty extent of one path ready, so that a writer rarely waits for one.
//
// Made ahead of need on the background shard: a recycled extent where there is one, else a new
// file. Either way the order is (faults: what a power cut may leave): file allocated and synced,
// directory synced, header block of the generation written and synced, row `open` durable; only
// then a frame may be written into it.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/chore.h"
#include "storage/chunk/claim.h"
#include "storage/chunk/open_extent.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// `take` and `refresh` from any shard; the rest lives on the background shard.
class ExtentSupply {
 public:
  using Taken = Result<std::shared_ptr<OpenExtent>>;
  // Extents that only Claim::kLast takes: one to empty others into, and one where that was broken
  // off, by a stop or a crash, which leaves the first with a part of what it was for.
  static constexpr std::size_t kKept = 2;

  // Work runs in `group`, on the background shard. `reclaim` is run through before an extent is
  // refused for want of space.
  ExtentSupply(const StoreContext& context, PathState& path, Chore& reclaim, io::TaskGroup& group);
  ExtentSupply(const ExtentSupply&) = delete;
  ExtentSupply& operator=(const ExtentSupply&) = delete;

  // An empty extent; waits while one is made. Errors: kInsufficientStorage, also where there is
  // more room than the claim may take; kServerBusy; kInternalError where the path fails.
  io::Task<Taken> take(Claim claim);

  // Has the path's space looked at again, at most once a second.
  void refresh();

  // Has an extent made ready before anybody asks for one.
  void make_ready() { chore_.poke(); }

  // The extent's row is `free`. It may be handed out from now on.
  void add_free(Extent& extent);

  // Before the first extent is made: ids up to this one are or were in use.
  void set_last_id(ExtentId last) { last_id_ = last; }
  // Tells the path's room before the first request asks for it.
  io::Task<void> look();

  // What was made ready and not taken is free again. While closing, so that the next start need not
  // look into it, when nothing else runs.
  io::Task<void> give_back();

 private:
  struct Waiter {
    io::Executor* home = nullptr;
    std::coroutine_handle<> handle{};
    std::optional<Taken> taken{};
    Claim claim = Claim::kBelowShare;
  };
  struct Wait;

  io::Task<void> fill();
  io::Task<Taken> prepare();
  io::Task<Taken> make_new();
  io::Task<Taken> renew(Extent& extent);
  io::Task<Result<void>> write_header(io::File& file, Extent::Identity identity,
                                      std::uint64_t generation);
  std::unexpected<Error> disk_failed(Error error);
  bool is_stale() const;
  io::Task<void> look_at_space();
  void publish_room();
  void hand_over(std::shared_ptr<OpenExtent> extent);
  void fail_waiters(const Error& error);
  bool refuse_waiters(Claim most);
  bool is_full();
  std::size_t behind() const;
  bool is_wanted();
  bool has_waiters(Claim most);

  const StoreContext& context_;
  PathState& path_;
  Chore& reclaim_;
  Chore chore_;

  // On the background shard.
  std::vector<Extent*> free_;
  ExtentId last_id_;

  std::atomic<bool> looked_ = false;
  std::atomic<Instant> looked_at_{};

  // Held for a few instructions, once for each extent that is filled.
  std::mutex mutex_;
  std::deque<std::shared_ptr<OpenExtent>> ready_;
  std::size_t behind_ = 0;  // extents that can be made ready after these
  std::deque<Waiter*> waiters_;
};

}  // namespace lapis::storage
