// FrameWalk: the frames of one extent, by their headers alone. What lies between frames
// (interrupted writes, frames of earlier generations, space never written) is passed over in steps
// of 4 KiB.
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/base/result.h"
#include "lapis/io/buffer_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

// Lives on one shard, for one walk. `file` outlives it.
class FrameWalk {
 public:
  // Whose frames count: all others are not there for it.
  struct Expected {
    Guid store;
    PathId path;
    ExtentId extent;
    std::uint64_t generation = 0;
    std::uint64_t bytes = 0;  // of the file
  };

  // Reads into `buffer`, so that is how much it reads at once.
  FrameWalk(io::File& file, Expected expected, io::Buffer buffer)
      : file_(file), expected_(expected), buffer_(std::move(buffer)) {}

  // The next frame's header, nothing at the end. Errors: those of reading.
  io::Task<Result<std::optional<FrameHeader>>> next();

 private:
  io::Task<Result<bool>> has_block();
  std::optional<FrameHeader> header_here() const;

  io::File& file_;
  const Expected expected_;
  const io::Buffer buffer_;
  std::uint64_t at_ = kFrameAlignment;
  std::uint64_t window_at_ = 0;
  std::uint64_t window_bytes_ = 0;
};

}  // namespace lapis::storage
