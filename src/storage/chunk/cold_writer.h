// ColdWriter: many short bodies on their way into extents of slow disks. See
// ChunkStore::write_cold.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "lapis/io/buffer_pool.h"
#include "lapis/storage/chunk_store.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the slot's shard for the length of one `run`.
class ColdWriter {
 public:
  ColdWriter(const StoreContext& context, Slot& slot) : context_(context), slot_(slot) {}

  // Completion means that every byte is durable (I1).
  io::Task<Result<std::vector<std::unique_ptr<StoredBody>>>> run(std::span<const ShortBody> bodies);

 private:
  // A frame in the buffer.
  struct Member {
    const ShortBody& body;
    ChunkId id;
    std::uint64_t at = 0;  // in the group
    std::uint64_t bytes = 0;
    std::vector<std::uint64_t> sums;  // once it has been filled
  };

  // As many of the first as fit one write; how many that were.
  io::Task<Result<std::size_t>> write_group(std::span<const ShortBody> bodies);
  io::Task<Result<std::vector<Member>>> gather(std::span<const ShortBody> bodies);
  void fill(Member& member, const Place& place);
  void keep(const Member& member, const Place& place, Extent& extent);

  const StoreContext& context_;
  Slot& slot_;
  io::Buffer buffer_;
  std::vector<std::unique_ptr<StoredBody>> stored_;
};

}  // namespace lapis::storage
