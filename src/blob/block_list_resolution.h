// Block lists: from the ids that a client names to the blocks they stand for. Pure.
#pragma once

#include <deque>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "blob/records.h"
#include "lapis/blob/ops/put_block_list.h"

namespace lapis::blob {

// Blocks by id, each once; what it hands out stays where it is. Not copied, not moved.
class BlockIndex {
 public:
  BlockIndex() = default;
  BlockIndex(const BlockIndex&) = delete;
  BlockIndex& operator=(const BlockIndex&) = delete;

  void add(Block block);  // passed over where the id is known: a repeat in a committed list
  const Block* find(const BlockId& id) const;  // null where unknown
  const std::deque<Block>& all() const { return blocks_; }

 private:
  std::deque<Block> blocks_;
  std::unordered_map<std::string_view, const Block*> by_id_;  // ids of blocks_
};

// Whether `list` names a block that only the committed list can have: only then is the old blob's
// block map read.
bool needs_committed(std::span<const BlockListEntry> list, const BlockIndex& staged);

// The blocks of the list, in order, pointing into the two indexes. An id may repeat, under the same
// element only. Errors: kInvalidBlockList.
Result<std::vector<const Block*>> resolve_block_list(std::span<const BlockListEntry> list,
                                                     const BlockIndex& staged,
                                                     const BlockIndex& committed);

// The blocks of `index` that `chosen` names.
std::vector<Block> used(const BlockIndex& index, std::span<const Block* const> chosen);

// The blocks of `index` that `chosen` does not name: what a commit leaves behind.
std::vector<Block> left_over(const BlockIndex& index, std::span<const Block* const> chosen);

}  // namespace lapis::blob
