// How bodies are shared, held against the rows that hold them.
#pragma once

#include <compare>
#include <vector>

#include "blob/check/container_index.h"
#include "blob/check/loan_index.h"
#include "blob/keys.h"

namespace lapis::blob {

// What a row of a live container holds, where that has an id.
struct HeldBody {
  ContainerId container;
  BodyId body;
  std::uint64_t length = 0;  // that it names
  friend auto operator<=>(const HeldBody&, const HeldBody&) = default;
};

// `held`: of all rows, in order. Errors: rows that cannot be read.
Result<void> check_sharing(const ReferenceCheck& check, const std::vector<HeldBody>& held,
                           const LoanIndex& loans, const ContainerIndex& containers,
                           const storage::FindingSink& found);

// The rows of table 2a, in order; several for one block.
class BlockOwnerScan {
 public:
  // From `first` up to `end`; to the last where there is none.
  BlockOwnerScan(storage::MetaSnapshot& snapshot, BlockTarget first,
                 const std::optional<BlockTarget>& end);

  // The owners of the next block; none at the end.
  struct Block {
    BlockTarget target;
    std::vector<BodyId> owners;
  };
  Result<std::optional<Block>> next();

 private:
  std::unique_ptr<storage::MetaCursor> cursor_;
};

}  // namespace lapis::blob
