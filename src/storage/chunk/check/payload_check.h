// Reads the frame at a place past the page cache and checks all of it.
#pragma once

#include "lapis/io/buffer_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/frame_check.h"

namespace lapis::storage {

// On a shard. `file` was opened with `uncached_reads`; `row` is the chunk's, and both outlive the
// call.
io::Task<FrameFindings> read_and_check(io::File& file, const ChunkRow& row,
                                       FrameCheck::Expected expected, io::Buffer& buffer);

}  // namespace lapis::storage
