// LocalStore: the parts of the local ChunkStore put together. See LocalChunkStore.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/accounting.h"
#include "storage/chunk/heat_index.h"
#include "storage/chunk/missing_paths.h"
#include "storage/chunk/path_adoption.h"
#include "storage/chunk/path_changes.h"
#include "storage/chunk/pool_path.h"
#include "storage/chunk/reclaimer.h"
#include "storage/chunk/scrubber.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

class LocalStore final : public LocalChunkStore {
 public:
  // `context.slots` is one more than there are shards.
  LocalStore(const StoreContext& context, std::vector<io::Shard*> shards,
             ChunkStoreOptions options);
  ~LocalStore() override;

  // --- while opening, on the background shard ---
  io::Task<void> adopt(Admission admission);
  // `ids` holds a range for each slot.
  void add_slots(const std::vector<ChunkIdRange>& ids);
  // Counts what rows name, then reclaims; scrubs, and looks for paths that are missing. `snapshot`
  // is of before the first write. Blocks.
  Result<void> start_background(std::unique_ptr<MetaSnapshot> snapshot);

  // --- ChunkStore ---
  io::Task<Result<std::unique_ptr<StoredBody>>> write(ChunkOwner owner, io::ByteSource& body,
                                                      std::uint64_t length,
                                                      ByteObserver* observer) override;
  io::Task<Result<std::vector<std::unique_ptr<StoredBody>>>> write_cold(
      std::span<const ShortBody> bodies) override;
  bool has_room(std::uint64_t length) const override;
  io::Task<Result<std::unique_ptr<io::BufferSource>>> read(
      std::unique_ptr<SliceSource> slices) override;
  io::Task<Result<std::uint64_t>> crc64(std::unique_ptr<SliceSource> slices) override;
  std::unique_ptr<Freed> new_freed() override;
  Result<void> release(MetaView& view, ChunkId chunk, Freed& freed) override;
  void released(std::unique_ptr<Freed> freed) override;
  Result<void> set_rank(MetaView& view, ChunkId chunk, HeatRank rank) override;

  io::Task<Result<void>> add_path(std::string pool, std::filesystem::path directory) override;
  io::Task<Result<void>> drain_path(std::filesystem::path directory) override;
  io::Task<Result<void>> set_read_only(std::filesystem::path directory) override;
  io::Task<Result<void>> resume_path(std::filesystem::path directory) override;
  io::Task<Result<void>> retire_path(std::filesystem::path directory) override;
  void abandon_changes() override { changes_.abandon(); }
  io::Task<Result<void>> note_uses() override;
  io::Task<Result<std::vector<ColdChunk>>> coldest(PathId path, std::size_t limit,
                                                   std::optional<ColdChunk> after) override;
  io::Task<Result<std::vector<ColdChunk>>> reread(unsigned reads) override;
  io::Task<MoveOutcome> move(std::vector<ColdChunk> chunks, MoveTarget target, Pace& pace) override;
  DiskWaits foreground_waits() const override;
  io::Task<std::optional<MoveOutcome>> compact(PathId path, double most_live, Pace& pace) override;

  void close() override;
  std::vector<PathStats> stats() const override;
  ScrubStatus scrub_status() const override { return scrubber_.status(); }
  void start_scrub() override;

 private:
  Slot* find_slot() const;
  Slot& here() const;
  io::Task<void> account();
  io::Task<void> scrub_when_due();
  io::Task<void> close_slot(Slot& slot);
  io::Task<void> close_background();

  const StoreContext context_;
  const std::vector<io::Shard*> shards_;
  const ChunkStoreOptions options_;
  io::TaskGroup background_;  // on the background shard
  PathSet paths_;
  Reclaimer reclaimer_;
  Chore reclaim_;
  PathAdoption adoption_;
  Turns path_turns_;
  MissingPaths missing_;
  PathChanges changes_;
  DamageRecords damage_;
  Scrubber scrubber_;
  Chore scrub_;
  Chore examine_;
  Suspects suspects_;
  std::unique_ptr<Accounting> accounting_;
  std::vector<std::unique_ptr<Slot>> slots_;  // by the shard's index; the last is the background's
  HeatIndex heat_;
  std::set<const Extent*> uncompactable_;  // what could not be emptied; tried again after a restart
  bool closed_ = false;
};

}  // namespace lapis::storage
