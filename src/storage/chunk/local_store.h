// LocalStore: the parts of the local ChunkStore put together. See LocalChunkStore.
#pragma once

#include <memory>
#include <vector>

#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/accounting.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/reclaimer.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

class LocalStore final : public LocalChunkStore {
 public:
  // `context.slots` is one more than there are shards.
  LocalStore(const StoreContext& context, std::vector<io::Shard*> shards);
  ~LocalStore() override;

  // --- while opening, on the background shard ---
  PoolPath& add_path(PathSettings settings, PathLock lock);
  Extent& add_extent(PoolPath& path, ExtentId id, ExtentRow row, std::unique_ptr<io::File> reader);
  // The paths are complete: makes the slots. `ids` holds a range for each.
  void add_slots(std::uint64_t cache_bytes, const std::vector<ChunkIdRange>& ids);
  // Counts what rows name, then reclaims; `snapshot` is of before the first write.
  void start_background(std::unique_ptr<MetaSnapshot> snapshot);

  // --- ChunkStore ---
  io::Task<Result<std::unique_ptr<StoredBody>>> write(ChunkOwner owner, io::ByteSource& body,
                                                      std::uint64_t length,
                                                      ByteObserver* observer) override;
  bool has_room(std::uint64_t length) const override;
  io::Task<Result<std::unique_ptr<io::BufferSource>>> read(
      std::unique_ptr<SliceSource> slices) override;
  io::Task<Result<std::uint64_t>> crc64(std::unique_ptr<SliceSource> slices) override;
  std::unique_ptr<Freed> new_freed() override;
  Result<void> release(MetaView& view, ChunkId chunk, Freed& freed) override;
  void released(std::unique_ptr<Freed> freed) override;

  void close() override;
  std::vector<PathStats> stats() const override;

 private:
  Slot* find_slot() const;
  Slot& here() const;
  io::Task<void> account();
  io::Task<void> close_slot(Slot& slot);
  io::Task<void> close_background();

  const StoreContext context_;
  const std::vector<io::Shard*> shards_;
  io::TaskGroup background_;  // on the background shard
  PathSet paths_;
  Reclaimer reclaimer_;
  Chore reclaim_;
  std::unique_ptr<Accounting> accounting_;
  std::vector<std::unique_ptr<Slot>> slots_;  // by the shard's index; the last is the background's
  bool closed_ = false;
};

}  // namespace lapis::storage
