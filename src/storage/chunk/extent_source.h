// ExtentSource: extents' files opened to be read past the page cache, which is for what clients
// read, by work that reads each of them once.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/frame.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the background shard. Offsets, lengths and memory are io::kIoAlignment-aligned.
class ExtentSource {
 public:
  ExtentSource(const StoreContext& context, const PathSet& paths)
      : context_(context), paths_(paths) {}

  // The file in which the place lies; used before the next call, which may close it. Errors: those
  // of opening; kInternalError where there is no such extent.
  io::Task<Result<io::File*>> file(const Place& place);
  // Closes all of them.
  void clear() { open_.clear(); }

 private:
  static constexpr std::size_t kMostOpen = 16;

  const StoreContext& context_;
  const PathSet& paths_;
  std::map<std::pair<PathId, ExtentId>, std::unique_ptr<io::File>> open_;
};

}  // namespace lapis::storage
