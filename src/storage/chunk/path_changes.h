// PathChanges: what an operator changes of the paths while the store runs. See LocalChunkStore.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/chunk/path_work.h"
#include "storage/chunk/reclaimer.h"
#include "storage/chunk/slot.h"

namespace lapis::storage {

// Lives on the background shard.
class PathChanges {
 public:
  using Slots = std::vector<std::unique_ptr<Slot>>;

  PathChanges(PathWork work, const Reclaimer& reclaimer, const Slots& slots)
      : work_(work), reclaimer_(reclaimer), slots_(slots) {}

  io::Task<Result<void>> add(std::string pool, std::filesystem::path directory);
  io::Task<Result<void>> set_mode(std::filesystem::path directory, PathMode mode);
  io::Task<Result<void>> retire(std::filesystem::path directory);
  // Any thread: what looks at every row, and is not decided yet, ends soon with kServerBusy.
  void abandon() { abandoned_.store(true); }

 private:
  struct NewPath {
    Admission admission;
    PathId id;  // where it has none yet
  };

  Result<std::size_t> find(const std::filesystem::path& directory) const;
  Result<NewPath> claim_new(const std::filesystem::path& directory, const PoolOptions& pool) const;
  Result<void> check_others_writable(std::size_t path) const;
  io::Task<Result<void>> put_mode(PathId path, PathMode mode);
  io::Task<void> seal_everywhere(std::size_t path);
  Result<void> check_unused(const PoolPath& path) const;
  io::Task<Result<void>> check_unnamed(PathId path);
  io::Task<void> let_go(PoolPath& path);

  const PathWork work_;
  const Reclaimer& reclaimer_;
  const Slots& slots_;
  std::atomic<bool> abandoned_ = false;
};

}  // namespace lapis::storage
