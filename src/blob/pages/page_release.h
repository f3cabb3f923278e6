// What the reclaimer frees of page maps. A target that no row of its map names is named by none
// ever after: a row takes over only what the one before it named. So this is looked up outside
// transactions, and doing it again is harmless.
#pragma once

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "blob/pages/page_rows.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Finds those of a release's targets that no row of the map names. Used by one thread at a time.
class UnnamedTargets {
 public:
  // `snapshot` and `release` outlive it.
  UnnamedTargets(storage::MetaSnapshot& snapshot, ContainerId container, const PageRelease& release)
      : snapshot_(snapshot), container_(container), release_(release) {}

  bool is_done() const { return at_ == release_.targets.size(); }
  // Looks on, at no more rows than one job should. Those that it found. Blocks.
  Result<std::vector<BlockTarget>> step(std::size_t rows = kStepsInJob);

 private:
  storage::MetaSnapshot& snapshot_;
  const ContainerId container_;
  const PageRelease& release_;
  std::size_t at_ = 0;                           // the target that is looked for
  std::unique_ptr<storage::MetaCursor> cursor_;  // where it may still be named
};

// Erases the rows that no generation shows which a row holds, and queues what they name.
io::Task<Result<void>> thin_map(Service& service, ContainerId container, PageMapId map);

// Maps that a pass of the reclaimer has thinned: one walk does for all the generations that were
// dropped before the pass began, which is what its entries are of. Remembers some thousand; what it
// forgets is walked again.
class ThinnedMaps {
 public:
  bool contains(ContainerId container, PageMapId map) const {
    return maps_.contains({container, map});
  }
  void add(ContainerId container, PageMapId map) {
    constexpr std::size_t kMost = 4096;
    if (maps_.size() == kMost) maps_.clear();
    maps_.emplace(container, map);
  }

 private:
  std::set<std::pair<ContainerId, PageMapId>> maps_;
};

}  // namespace lapis::blob
