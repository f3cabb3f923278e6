// HeatIndex: the index of the coldest chunks, written from what the shards have read and asked for
// what is to move. See LocalChunkStore::note_uses, coldest and reread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lapis/base/result.h"
#include "lapis/io/task.h"
#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/slot.h"
#include "storage/chunk/store_context.h"

namespace lapis::storage {

// Lives on the background shard.
class HeatIndex {
 public:
  using Slots = std::vector<std::unique_ptr<Slot>>;

  HeatIndex(const StoreContext& context, const Slots& slots) : context_(context), slots_(slots) {}

  io::Task<Result<void>> note_uses();
  io::Task<Result<std::vector<ColdChunk>>> coldest(PathId path, std::size_t limit,
                                                   std::optional<ColdChunk> after);
  io::Task<Result<std::vector<ColdChunk>>> reread(unsigned reads);
  // Gives a heat row to every chunk that has none: those of stores from before there were any.
  // Costs a look at each chunk, once in a store's life.
  io::Task<Result<void>> complete();

 private:
  io::Task<Result<void>> warm_all(const NotedUses& noted);
  Result<std::vector<ColdChunk>> scan(PathId path, std::size_t limit,
                                      const std::optional<ColdChunk>& after);

  const StoreContext& context_;
  const Slots& slots_;
};

}  // namespace lapis::storage
