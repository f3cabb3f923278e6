// MissingPaths: looks for paths that were not there when the store was opened, and takes them back
// when they are: checked and judged as at a start, counted all the while. What comes instead of one
// is refused and reported, and the rest goes on.
#pragma once

#include <atomic>
#include <map>
#include <string>

#include "storage/chunk/path_work.h"

namespace lapis::storage {

// Lives on the background shard.
class MissingPaths {
 public:
  explicit MissingPaths(PathWork work) : work_(work) {}

  // Until none is missing, or `stop`.
  io::Task<void> run();
  void stop() { stopping_.store(true); }

 private:
  io::Task<bool> look_for_all();
  io::Task<void> look_for(PoolPath& path);
  io::Task<Result<void>> take_back(PoolPath& path);
  Result<Admission> claim(const PoolPath& path) const;
  io::Task<void> pause();

  const PathWork work_;
  // The superblocks of paths that held evidence of lost commits: not read again until they change.
  std::map<PathId, std::string> refused_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace lapis::storage
