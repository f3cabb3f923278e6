// ChunkStore: immutable byte runs in extent files in pools. Placement, checksums, verification and
// reuse of space are its own; the caller knows chunk ids only.
//
// Invariants (docs/invariants.md): I1 bytes are durable before any row names them; I2 no byte
// leaves unverified; I3 an extent is reused only when nothing live, pinned or named lies in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lapis/base/bytes.h"
#include "lapis/base/clock.h"
#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "lapis/io/streams.h"
#include "lapis/io/task.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

// A chunk holds at most this many bytes; a longer body is several chunks. Stores on small paths use
// less.
inline constexpr std::uint64_t kMaxChunkLength = 16ull << 20;

// Who a frame on disk says it belongs to: for a scan of the extents alone. Not used to find data.
struct ChunkOwner {
  ContainerId container;
  std::uint64_t tag = 0;  // a hash of the blob's name
};

// Which chunks go down to slow disks first.
enum class HeatRank : std::uint8_t {
  kAskedDown = 0,  // their owner's access tier asks for slow disks
  kNormal = 1,
};

struct ChunkRef {
  ChunkId id;
  std::uint64_t length = 0;
};

// Part of a chunk.
struct ChunkSlice {
  ChunkId id;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Sees a body's bytes once, in order, while they are hot: for MD5.
class ByteObserver {
 public:
  virtual ~ByteObserver() = default;
  virtual void observe(Bytes data) = 0;
};

// A body that is durable on disk and named by no row yet. Holds its space: while it lives the
// extents it lies in are not reused. Destroyed without `recorded`, its space is dead.
class StoredBody {
 public:
  virtual ~StoredBody() = default;
  virtual const std::vector<ChunkRef>& chunks() const = 0;
  virtual std::uint64_t length() const = 0;
  virtual std::uint64_t crc64() const = 0;  // CRC-64/NVME of the whole body

  // Adds the chunks' rows to a transaction. May be called again when the transaction is re-run.
  virtual void record(MetaView& view, HeatRank rank) const = 0;
  // To be called once that transaction has committed: the space counts as live from here.
  virtual void recorded() = 0;
};

// A short body, in memory, and who it belongs to.
struct ShortBody {
  ChunkOwner owner;
  Bytes bytes;          // 1 to kMaxShortBody
  Timestamp last_used;  // as far as is known
};
inline constexpr std::uint64_t kMaxShortBody = 64ull << 10;

// Where the slices of a long read come from, one by one: the block map of a large blob is never
// whole in memory.
class SliceSource {
 public:
  virtual ~SliceSource() = default;
  virtual std::uint64_t remaining() const = 0;  // bytes in the slices still to come
  // The next slice, nothing at the end.
  virtual io::Task<Result<std::optional<ChunkSlice>>> next() = 0;
};

// Thread-safe; asynchronous calls are made on a shard and complete there.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;

  // Streams exactly `length` bytes (at least 1) of `body` into extents: one buffer fills while the
  // last is written, checksums are taken from the same hot bytes, one copy in all. Completion means
  // durable. Errors: the body's; kInsufficientStorage; kServerBusy (no buffer in time);
  // kInternalError after EIO on every path. `observer` may be null.
  virtual io::Task<Result<std::unique_ptr<StoredBody>>> write(ChunkOwner owner,
                                                              io::ByteSource& body,
                                                              std::uint64_t length,
                                                              ByteObserver* observer) = 0;

  // Writes bodies that are hardly used, each a chunk of its own, one behind the other in a few
  // large writes, to the slowest disks that have room. What is returned is in the order given, one
  // for each, and durable. `bodies` and their bytes stay valid until then. Errors: as `write`; then
  // nothing of them is kept.
  virtual io::Task<Result<std::vector<std::unique_ptr<StoredBody>>>> write_cold(
      std::span<const ShortBody> bodies) = 0;

  // Whether a body of `length` would find room: to refuse before a body is read. True where that is
  // not what `write` would fail for.
  virtual bool has_room(std::uint64_t length) const = 0;

  // The bytes of the slices, in order, each checked against its stored checksum before it is lent.
  // What is being read stays where it is until the stream is destroyed. Errors of `next`:
  // kInternalError for damage and for a chunk that has no row; the slices' own.
  virtual io::Task<Result<std::unique_ptr<io::BufferSource>>> read(
      std::unique_ptr<SliceSource> slices) = 0;

  // The CRC-64 of the bytes of the slices, in order, from their stored checksums: only a unit that
  // a slice cuts is read, and checked. It tells what was written; that it still is so is seen by
  // reading it. Errors: those of reading.
  virtual io::Task<Result<std::uint64_t>> crc64(std::unique_ptr<SliceSource> slices) = 0;

  // Inside a transaction: the chunk's row is gone with it, and what that frees is added to `freed`.
  // A chunk without a row is passed over, so releasing twice is harmless.
  class Freed {
   public:
    virtual ~Freed() = default;
  };
  virtual std::unique_ptr<Freed>
  new_freed() = 0;  // empty; `release` of a re-run starts with a new one
  virtual Result<void> release(MetaView& view, ChunkId chunk, Freed& freed) = 0;
  // After that transaction has committed: the space counts as dead from here.
  virtual void released(std::unique_ptr<Freed> freed) = 0;

  // Inside a transaction: a hint to where the chunk lies, which nobody waits for. A chunk without a
  // row is passed over.
  virtual Result<void> set_rank(MetaView& view, ChunkId chunk, HeatRank rank) = 0;
};

}  // namespace lapis::storage
