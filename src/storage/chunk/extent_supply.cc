#include "storage/chunk/extent_supply.h"

#include <algorithm>
#include <chrono>

#include "lapis/base/crash_point.h"
#include "lapis/base/log.h"
#include "storage/chunk/extent_rows.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kReady = 1;
constexpr std::chrono::seconds kLookInterval{1};

std::unexpected<Error> is_filled() {
  return fail(ErrorCode::kInsufficientStorage, "pool path is filled up to its share");
}

std::unexpected<Error> no_room() {
  return fail(ErrorCode::kInsufficientStorage, "pool path is full");
}

}  // namespace

struct ExtentSupply::Wait {
  ExtentSupply& supply;
  Waiter waiter;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    waiter.home = io::Executor::current();
    waiter.handle = handle;
    const std::lock_guard lock(supply.mutex_);
    if (waiter.claim == Claim::kBelowShare && supply.path_.is_filled()) {
      waiter.taken = is_filled();
      return false;
    }
    const bool may_take =
        waiter.claim == Claim::kLast || supply.ready_.size() + supply.behind_ > kKept;
    if (may_take && !supply.ready_.empty()) {
      waiter.taken = std::move(supply.ready_.front());
      supply.ready_.pop_front();
      return false;
    }
    supply.waiters_.push_back(&waiter);
    // Still under the lock: once it is free this coroutine may be resumed, and gone.
    supply.chore_.poke();
    return true;
  }
  Taken await_resume() { return std::move(*waiter.taken); }
};

ExtentSupply::ExtentSupply(const StoreContext& context, PathState& path, Chore& reclaim,
                           io::TaskGroup& group)
    : context_(context),
      path_(path),
      reclaim_(reclaim),
      chore_(context.background, group, [this] { return fill(); }) {}

io::Task<ExtentSupply::Taken> ExtentSupply::take(Claim claim) {
  Wait wait{*this, {.claim = claim}};
  Taken taken = co_await wait;
  if (taken) chore_.poke();  // the next one
  co_return taken;
}

void ExtentSupply::refresh() {
  if (path_.is_present() && is_stale()) chore_.poke();
}

bool ExtentSupply::is_stale() const {
  return !looked_.load() || context_.clock.instant() - looked_at_.load() >= kLookInterval;
}

io::Task<void> ExtentSupply::look() {
  co_await look_at_space();
  publish_room();
}

void ExtentSupply::add_free(Extent& extent) {
  free_.push_back(&extent);
  publish_room();
  chore_.poke();
}

io::Task<void> ExtentSupply::fill() {
  co_await look_at_space();
  const PathStatus status = path_.status();
  if (status == PathStatus::kReadOnly || status == PathStatus::kDraining) co_await give_back();
  while (is_wanted()) {
    if (path_.is_filled() && refuse_waiters(Claim::kBelowShare)) continue;
    if (is_full() && has_waiters(Claim::kToTheBrim)) {
      // What was deleted a moment ago may not have been reclaimed yet.
      co_await reclaim_.run_through();
      if (is_full() && refuse_waiters(Claim::kToTheBrim)) continue;
    }
    Taken prepared = co_await prepare();
    if (!prepared && prepared.error().code == ErrorCode::kInsufficientStorage &&
        has_waiters(Claim::kLast)) {
      const std::size_t before = free_.size();
      co_await reclaim_.run_through();
      if (free_.size() > before) continue;
    }
    if (!prepared) {
      fail_waiters(prepared.error());
      break;
    }
    hand_over(std::move(*prepared));
    publish_room();  // a burst may keep this going for long
  }
  publish_room();
}

io::Task<ExtentSupply::Taken> ExtentSupply::prepare() {
  if (!path_.is_writable()) {
    const PathStatus status = path_.status();
    const bool has_failed = status == PathStatus::kFailed;
    co_return fail(has_failed ? ErrorCode::kInternalError : ErrorCode::kServerBusy,
                   "pool path is " + std::string(name_of(status)));
  }
  if (!free_.empty()) {
    Extent& extent = *free_.back();
    free_.pop_back();
    co_return co_await renew(extent);
  }
  if (path_.available_bytes() >= path_.settings().extent_bytes) co_return co_await make_new();
  co_return no_room();
}

std::unexpected<Error> ExtentSupply::disk_failed(Error error) {
  if (error.code == ErrorCode::kInternalError) path_.note_failure(error);
  // Whatever it says of its free space; until the next look.
  if (error.code == ErrorCode::kInsufficientStorage) path_.set_available_bytes(0);
  return fail(std::move(error));
}

io::Task<ExtentSupply::Taken> ExtentSupply::make_new() {
  if (last_id_.value + 1 >= ExtentTable::kMaxExtents) {
    co_return fail(ErrorCode::kInsufficientStorage, "pool path has too many extents");
  }
  ++last_id_.value;  // used up even where this fails: the file may stay
  const Extent::Identity identity{path_.settings().id, last_id_, path_.settings().extent_bytes};
  const ExtentRow row{ExtentState::kOpen, 1, identity.bytes};
  const auto name = extent_file(path_.settings().directory, identity.id);
  std::unique_ptr<io::File> reader;
  auto create = [&]() -> Result<std::unique_ptr<io::File>> {
    LAPIS_TRY(auto file,
              context_.files.open(name, {.create_new = true, .writable = true, .direct = true}));
    Result<void> allocated = file->allocate(identity.bytes);
    if (allocated) allocated = file->sync();
    if (!allocated) {
      (void)context_.files.remove(name);  // else found, and removed, at the next start
      return fail(allocated.error());
    }
    crash_point(CrashPoint::kExtentAllocated);
    LAPIS_TRY_VOID(context_.files.sync_directory(name.parent_path()));
    crash_point(CrashPoint::kExtentMade);
    LAPIS_TRY(reader, context_.files.open(name, {}));
    return file;
  };
  auto file = co_await context_.blocking.run(std::ref(create));
  if (!file) co_return disk_failed(file.error());
  path_.set_available_bytes(path_.available_bytes() -
                            std::min(path_.available_bytes(), identity.bytes));
  const auto header = co_await write_header(**file, identity, row.generation);
  if (!header) co_return disk_failed(header.error());
  // Where this fails the file stays: its row may be there or not, and the next start will see.
  LAPIS_CO_TRY_VOID(co_await put_extent_row(context_, identity, row));
  crash_point(CrashPoint::kExtentRegistered);
  auto made = std::make_unique<Extent>(identity, row, std::move(reader), context_.slots, reclaim_);
  Extent& extent = path_.extents().add(std::move(made));
  co_return std::make_shared<OpenExtent>(extent, std::move(*file));
}

// The row says `free` and names the generation; the header block may still be of the one before.
io::Task<ExtentSupply::Taken> ExtentSupply::renew(Extent& extent) {
  const Extent::Identity identity{extent.path(), extent.id(), extent.bytes()};
  const ExtentRow row{ExtentState::kOpen, extent.generation(), identity.bytes};
  const auto name = extent_file(path_.settings().directory, identity.id);
  auto open = [&] { return context_.files.open(name, {.writable = true, .direct = true}); };
  auto file = co_await context_.blocking.run(std::ref(open));
  Result<void> renewed;
  if (!file) renewed = fail(file.error());
  if (renewed) renewed = co_await write_header(**file, identity, row.generation);
  if (!renewed) {
    if (renewed.error().code == ErrorCode::kInternalError) {
      extent.mark_failed();
    } else {
      free_.push_back(&extent);
    }
    co_return disk_failed(renewed.error());
  }
  if (auto put = co_await put_extent_row(context_, identity, row); !put) {
    free_.push_back(&extent);
    co_return fail(put.error());
  }
  crash_point(CrashPoint::kExtentRenewed);
  extent.open();
  co_return std::make_shared<OpenExtent>(extent, std::move(*file));
}

io::Task<Result<void>> ExtentSupply::write_header(io::File& file, Extent::Identity identity,
                                                  std::uint64_t generation) {
  LAPIS_CO_TRY(const io::Buffer block,
               co_await context_.background.buffers().acquire(kExtentHeaderBytes));
  const MutableBytes header = block.bytes().first(kExtentHeaderBytes);
  encode_extent_header({context_.store, identity.path, identity.id, generation, identity.bytes},
                       header);
  LAPIS_CO_TRY_VOID(co_await file.write_at(0, header));
  crash_point(CrashPoint::kExtentHeaderWritten);
  LAPIS_CO_TRY_VOID(co_await file.datasync());
  crash_point(CrashPoint::kExtentHeaderSynced);
  co_return Result<void>{};
}

io::Task<void> ExtentSupply::look_at_space() {
  if (!path_.is_present() || !is_stale()) co_return;
  auto look = [&] { return context_.files.space(path_.settings().directory); };
  const auto space = co_await context_.blocking.run(std::ref(look));
  if (!space) {
    log_error("storage", "cannot tell the free space of a pool path",
              {{"path", path_.settings().directory.string()}, {"error", to_string(space.error())}});
    co_return;
  }
  looked_at_.store(context_.clock.instant());
  looked_.store(true);
  path_.set_available_bytes(path_.takeable_bytes(space->available_bytes));
  path_.set_capacity_bytes(space->total_bytes);
}

io::Task<void> ExtentSupply::give_back() {
  std::deque<std::shared_ptr<OpenExtent>> unused;
  {
    const std::lock_guard lock(mutex_);
    unused.swap(ready_);
  }
  for (const auto& open : unused) {
    Extent& extent = open->extent();
    const ExtentRow row{ExtentState::kFree, extent.generation(), extent.bytes()};
    const Result<void> put =
        co_await put_extent_row(context_, {extent.path(), extent.id(), extent.bytes()}, row);
    if (put) {
      crash_point(CrashPoint::kExtentGivenBack);
      extent.restart();
      free_.push_back(&extent);
    } else {
      const std::lock_guard lock(mutex_);
      ready_.push_back(open);
    }
  }
}

void ExtentSupply::publish_room() {
  std::uint64_t extents = 0;
  {
    const std::lock_guard lock(mutex_);
    behind_ = behind();
    extents = behind_ + ready_.size();
  }
  const std::uint64_t kept = std::min<std::uint64_t>(extents, kKept);
  path_.set_room_bytes((extents - kept) * path_.max_frame_bytes());
  path_.set_used_extents(path_.extents().size() - free_.size());
}

void ExtentSupply::hand_over(std::shared_ptr<OpenExtent> extent) {
  const std::lock_guard lock(mutex_);
  behind_ = behind();
  // Of those that may not take it the next round refuses who is not served by it.
  const Claim least = ready_.size() + 1 + behind_ > kKept ? Claim::kBelowShare : Claim::kLast;
  const auto found = std::ranges::find_if(
      waiters_, [least](const Waiter* waiter) { return waiter->claim >= least; });
  if (found == waiters_.end()) {
    ready_.push_back(std::move(extent));
    return;
  }
  Waiter* waiter = *found;
  waiters_.erase(found);
  waiter->taken = std::move(extent);
  waiter->home->post([waiter] { waiter->handle.resume(); });
}

// Those that claim no more than `most`; true where there were any.
bool ExtentSupply::refuse_waiters(Claim most) {
  const std::lock_guard lock(mutex_);
  const std::size_t refused = std::erase_if(waiters_, [most](Waiter* waiter) {
    if (waiter->claim > most) return false;
    waiter->taken = most == Claim::kBelowShare ? is_filled() : no_room();
    waiter->home->post([waiter] { waiter->handle.resume(); });
    return true;
  });
  return refused != 0;
}

void ExtentSupply::fail_waiters(const Error& error) {
  const std::lock_guard lock(mutex_);
  for (Waiter* waiter : waiters_) {
    waiter->taken = fail(error);
    waiter->home->post([waiter] { waiter->handle.resume(); });
  }
  waiters_.clear();
}

bool ExtentSupply::is_wanted() {
  const std::lock_guard lock(mutex_);
  return !waiters_.empty() || ready_.size() < kReady;
}

bool ExtentSupply::has_waiters(Claim most) {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(waiters_, [most](Waiter* waiter) { return waiter->claim <= most; });
}

// On the background shard.
std::size_t ExtentSupply::behind() const {
  return free_.size() + path_.available_bytes() / path_.settings().extent_bytes;
}

// There is no more than what new bytes leave. On a path that takes no writes that does not matter.
bool ExtentSupply::is_full() {
  const std::lock_guard lock(mutex_);
  return path_.is_writable() && ready_.size() + behind() <= kKept;
}

}  // namespace lapis::storage
