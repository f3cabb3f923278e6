// OpenExtents: the extents that one shard appends to, one a path, and the choice among paths.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "storage/chunk/claim.h"
#include "storage/chunk/open_extent.h"
#include "storage/chunk/parking.h"
#include "storage/chunk/pool_path.h"

namespace lapis::storage {

// Which paths may be chosen.
struct PathFilter {
  std::string pool;            // empty: of any
  std::optional<PathId> away;  // not this one
  Claim claim = Claim::kBelowShare;
  bool slowest_first = false;  // of those with room
  bool allows(const PathSettings& path) const {
    return (pool.empty() || path.pool == pool) && path.id != away;
  }
};

// Lives on one shard.
class OpenExtents {
 public:
  OpenExtents(PathSet& paths, SlotIndex slot) : paths_(paths), slot_(slot) {}
  OpenExtents(const OpenExtents&) = delete;
  OpenExtents& operator=(const OpenExtents&) = delete;

  // Room for a frame of `bytes` on the path that suits best: writable, with room, of the fastest
  // class, by chance in proportion to free space. Errors: kInsufficientStorage where every writable
  // path is full; kServerBusy, and where no path is online; kInternalError where paths fail.
  io::Task<Result<Reservation>> reserve(std::uint64_t bytes, PathFilter filter = {});

  // The longest chunk to write next: what every path takes that it may go to.
  std::uint64_t max_chunk_length(std::uint64_t wanted);

  // The longest frame that any of the paths takes; 0 where none may be written to.
  std::uint64_t largest_frame(const PathFilter& filter) const;

  // The extent, taken here, failed under a write or a sync: it is not written to any more, and
  // where it was not for want of space it is abandoned.
  void failed(const std::shared_ptr<OpenExtent>& failed, const Error& error);

  // Room in the extents that are open here.
  std::uint64_t room_bytes() const;

  // Seals the extent that is open on a path that takes no more writes.
  void seal(std::size_t path);

  // Seals all of them; no more `reserve` after it.
  void close();

 private:
  struct Open {
    std::shared_ptr<OpenExtent> extent;
    bool opening = false;
    Parking waiters;
  };

  std::vector<std::size_t> order(std::uint64_t bytes, const PathFilter& filter);
  io::Task<Result<Reservation>> reserve_on(std::size_t path, std::uint64_t bytes, Claim claim);
  Open& open_on(std::size_t path);
  Error why_none() const;
  void seal(Open& open);

  PathSet& paths_;
  const SlotIndex slot_;
  std::vector<std::unique_ptr<Open>> open_;  // by index of the path; grows as paths are added
  std::uint64_t random_ = 0x9e3779b97f4a7c15;
};

}  // namespace lapis::storage
