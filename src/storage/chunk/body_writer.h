// BodyWriter: one body on its way into extents. See ChunkStore::write.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "lapis/io/buffer_pool.h"
#include "lapis/storage/chunk_store.h"
#include "storage/chunk/local_stored_body.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"
#include "storage/chunk/unit_sums.h"

namespace lapis::storage {

// Lives on the slot's shard for the length of one `run`.
class BodyWriter {
 public:
  struct Request {
    ChunkOwner owner;
    std::uint64_t length = 0;
    ByteObserver* observer = nullptr;
  };

  BodyWriter(const StoreContext& context, Slot& slot, io::ByteSource& source, Request request);

  // Completion means that every byte is durable (I1).
  io::Task<Result<std::unique_ptr<StoredBody>>> run();

 private:
  // How many writes of one body are on their way at most, less the one that is being filled. One
  // leaves the disk idle whenever the client is slower than it for a moment.
  static constexpr std::size_t kDepth = 4;

  struct Chunk {
    explicit Chunk(std::uint64_t payload_length);
    FrameHeader header;
    std::uint64_t frame_bytes;
    UnitSums sums;
    std::array<std::byte, kFrameHeaderBytes> encoded{};  // once the place is known
    std::vector<std::byte> tail;                         // and the payload is complete
  };

  // A frame that fits one buffer: nothing is reserved before the body is there, and where its disk
  // fails it goes to another extent from memory.
  io::Task<Result<void>> write_whole(Chunk& chunk);
  // A longer one: one buffer fills while those before it are written.
  io::Task<Result<void>> write_streamed(Chunk& chunk);

  io::Task<Result<void>> timed(io::Task<Result<void>> write);
  std::size_t next_buffer(std::size_t active) const;
  io::Task<Result<void>> acquire_buffers(std::uint64_t frame_bytes);
  io::Task<Result<void>> receive(MutableBytes into, UnitSums& sums);
  // The parts of the frame that lie in [from, from + into.size()).
  io::Task<Result<void>> fill_payload(Chunk& chunk, std::uint64_t from, MutableBytes into);
  void fill_header(Chunk& chunk, const Place& place, MutableBytes frame);
  void fill_tail(Chunk& chunk, std::uint64_t from, MutableBytes into);

  void keep(Chunk& chunk, Reservation place);
  io::Task<Result<void>> sync_touched();

  const StoreContext& context_;
  Slot& slot_;
  io::ByteSource& source_;
  const Request request_;
  std::array<io::Buffer, kDepth> buffers_;  // the first ones; at least one
  std::unique_ptr<LocalStoredBody> body_;
  // What is written and not synced yet.
  std::vector<std::shared_ptr<OpenExtent>> touched_;
};

}  // namespace lapis::storage
