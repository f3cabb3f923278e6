#include "storage/chunk/open_extents.h"

#include <algorithm>

namespace lapis::storage {

// Paths may have been added since the last look.
OpenExtents::Open& OpenExtents::open_on(std::size_t path) {
  while (open_.size() <= path) open_.push_back(std::make_unique<Open>());
  return *open_[path];
}

io::Task<Result<Reservation>> OpenExtents::reserve(std::uint64_t bytes, PathFilter filter) {
  Error last{ErrorCode::kInsufficientStorage, "no extent is long enough"};
  const std::vector<std::size_t> candidates = order(bytes, filter);
  if (candidates.empty()) co_return fail(why_none());
  std::vector<std::size_t> filled;
  for (const std::size_t path : candidates) {
    if (bytes > paths_[path].state.max_frame_bytes()) continue;
    Result<Reservation> reserved = co_await reserve_on(path, bytes, filter.claim);
    if (reserved) co_return reserved;
    last = std::move(reserved).error();
    const bool is_filled = last.code == ErrorCode::kInsufficientStorage &&
                           filter.claim == Claim::kBelowShare && paths_[path].state.is_filled();
    if (is_filled) filled.push_back(path);
  }
  for (const std::size_t path : filled) {  // nowhere else is there room
    Result<Reservation> reserved = co_await reserve_on(path, bytes, Claim::kToTheBrim);
    if (reserved) co_return reserved;
    last = std::move(reserved).error();
  }
  co_return fail(std::move(last));
}

std::uint64_t OpenExtents::max_chunk_length(std::uint64_t wanted) {
  std::uint64_t longest = std::min(wanted, kMaxChunkLength);
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    const PathState& path = paths_[i].state;
    if (path.is_writable()) longest = std::min(longest, path.max_chunk_length());
  }
  return longest;
}

std::uint64_t OpenExtents::largest_frame(const PathFilter& filter) const {
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    const PathState& path = paths_[i].state;
    if (!path.is_writable() || !filter.allows(path.settings())) continue;
    largest = std::max(largest, path.max_frame_bytes());
  }
  return largest;
}

// Efraimidis and Spirakis' weighted choice needs logarithms; a uniform number below the room serves
// as well here: it prefers the emptier path and starves none.
std::vector<std::size_t> OpenExtents::order(std::uint64_t bytes, const PathFilter& filter) {
  struct Candidate {
    std::size_t path;
    bool is_full;
    PoolClass pool_class;
    std::uint64_t draw;
  };
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    const PathState& path = paths_[i].state;
    if (!path.is_writable() || !filter.allows(path.settings())) continue;
    const auto& open = open_on(i).extent;
    const bool fits_open = open && open->room() >= bytes;
    const bool is_filled = path.is_filled() && filter.claim == Claim::kBelowShare;
    const bool is_full = !fits_open && (is_filled || path.room_bytes() < bytes);
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    const std::uint64_t draw = random_ % (path.room_bytes() + 1);
    candidates.push_back({i, is_full, path.settings().pool_class, draw});
  }
  std::ranges::sort(candidates, [&filter](const Candidate& a, const Candidate& b) {
    if (a.is_full != b.is_full) return b.is_full;
    if (a.pool_class != b.pool_class) {
      return filter.slowest_first ? a.pool_class > b.pool_class : a.pool_class < b.pool_class;
    }
    return a.draw > b.draw;
  });
  std::vector<std::size_t> paths;
  for (const Candidate& candidate : candidates) paths.push_back(candidate.path);
  return paths;
}

io::Task<Result<Reservation>> OpenExtents::reserve_on(std::size_t path, std::uint64_t bytes,
                                                      Claim claim) {
  Open& open = open_on(path);
  while (true) {
    if (open.extent && open.extent->room() >= bytes) {
      co_return Reservation(open.extent, slot_, bytes);
    }
    if (open.opening) {
      co_await open.waiters.park();
      continue;
    }
    open.opening = true;
    ExtentSupply::Taken taken = co_await paths_[path].supply.take(claim);
    open.opening = false;
    open.waiters.wake_all();
    if (!taken) co_return fail(taken.error());
    if (!paths_[path].state.is_writable()) {
      (*taken)->extent().seal();
      co_return fail(why_none());
    }
    seal(open);
    open.extent = std::move(*taken);
  }
}

void OpenExtents::failed(const std::shared_ptr<OpenExtent>& failed, const Error& error) {
  for (const auto& open : open_) {
    if (open->extent == failed) open->extent.reset();
  }
  Extent& extent = failed->extent();
  if (error.code == ErrorCode::kInsufficientStorage) {
    extent.seal();
  } else if (extent.mark_failed()) {
    failed->syncs().poison(error);
    paths_.by_id(extent.path())->state.note_failure(error);
  }
}

std::uint64_t OpenExtents::room_bytes() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i]->extent && paths_[i].state.is_writable()) sum += open_[i]->extent->room();
  }
  return sum;
}

// A failed disk is an error; what an operator keeps from being written to, or puts back, is not.
Error OpenExtents::why_none() const {
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (paths_[i].state.status() != PathStatus::kFailed) continue;
    return {ErrorCode::kInternalError, "no pool path is writable"};
  }
  return {ErrorCode::kServerBusy, "no pool path is online"};
}

void OpenExtents::seal(std::size_t path) {
  if (path < open_.size()) seal(*open_[path]);
}

void OpenExtents::close() {
  for (const auto& open : open_) seal(*open);
}

void OpenExtents::seal(Open& open) {
  if (!open.extent) return;
  open.extent->extent().seal();
  open.extent.reset();
}

}  // namespace lapis::storage
