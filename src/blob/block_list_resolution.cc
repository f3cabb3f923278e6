#include "blob/block_list_resolution.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace lapis::blob {
namespace {

const Block* find_block(const BlockListEntry& entry, const BlockIndex& staged,
                        const BlockIndex& committed) {
  if (entry.source != BlockSource::kCommitted) {
    const Block* block = staged.find(entry.block);
    if (block != nullptr || entry.source == BlockSource::kUncommitted) return block;
  }
  return committed.find(entry.block);
}

// The blocks of `index` that are chosen, or those that are not.
std::vector<Block> those(const BlockIndex& index, std::span<const Block* const> chosen,
                         bool are_chosen) {
  const std::unordered_set<const Block*> all(chosen.begin(), chosen.end());
  std::vector<Block> some;
  for (const Block& block : index.all()) {
    if (all.contains(&block) == are_chosen) some.push_back(block);
  }
  return some;
}

}  // namespace

void BlockIndex::add(Block block) {
  if (by_id_.contains(block.id.text)) return;
  const Block& kept = blocks_.emplace_back(std::move(block));
  by_id_.emplace(kept.id.text, &kept);
}

const Block* BlockIndex::find(const BlockId& id) const {
  const auto it = by_id_.find(id.text);
  return it == by_id_.end() ? nullptr : it->second;
}

bool needs_committed(std::span<const BlockListEntry> list, const BlockIndex& staged) {
  return std::ranges::any_of(list, [&](const BlockListEntry& entry) {
    if (entry.source == BlockSource::kCommitted) return true;
    return entry.source == BlockSource::kLatest && staged.find(entry.block) == nullptr;
  });
}

Result<std::vector<const Block*>> resolve_block_list(std::span<const BlockListEntry> list,
                                                     const BlockIndex& staged,
                                                     const BlockIndex& committed) {
  std::vector<const Block*> blocks;
  blocks.reserve(list.size());
  std::unordered_map<std::string_view, BlockSource> seen;
  seen.reserve(list.size());
  for (const BlockListEntry& entry : list) {
    const auto [it, is_new] = seen.emplace(entry.block.text, entry.source);
    if (!is_new && it->second != entry.source) {
      return fail(ErrorCode::kInvalidBlockList, "one id under two elements");
    }
    const Block* block = find_block(entry, staged, committed);
    if (block == nullptr) return fail(ErrorCode::kInvalidBlockList, "no such block");
    blocks.push_back(block);
  }
  return blocks;
}

std::vector<Block> used(const BlockIndex& index, std::span<const Block* const> chosen) {
  return those(index, chosen, true);
}

std::vector<Block> left_over(const BlockIndex& index, std::span<const Block* const> chosen) {
  return those(index, chosen, false);
}

}  // namespace lapis::blob
