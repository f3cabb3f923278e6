// SegmentIndex: who names each segment of a block map.
#pragma once

#include <compare>
#include <span>
#include <string_view>
#include <vector>

#include "blob/check/container_index.h"
#include "blob/records.h"

namespace lapis::blob {

// A number for a body or an upload: two are alike by chance only.
using OwnerHash = std::uint64_t;
OwnerHash owner_of_key(std::string_view key);
// All rows that hold a body are one owner; `key` is that of a row which alone holds it.
OwnerHash owner_of_body(BodyId body, std::string_view key);

enum class UseKind : std::uint8_t {
  kLive,     // of a blob
  kPending,  // of what is queued to be freed
  kEmptied,  // only the row goes; what it names lives on elsewhere
};

struct SegmentUse {
  ContainerId container;
  SegmentId segment;
  UseKind kind = UseKind::kLive;
  OwnerHash owner = 0;
  std::uint32_t blocks = 0;
  friend auto operator<=>(const SegmentUse&, const SegmentUse&) = default;
};

class SegmentIndex {
 public:
  void add(SegmentUse use) { uses_.push_back(use); }
  // Before the first `uses_of`.
  void sort();
  std::span<const SegmentUse> uses_of(ContainerId container, SegmentId segment) const;
  const std::vector<SegmentUse>& all() const { return uses_; }

 private:
  std::vector<SegmentUse> uses_;
};

// Holds the rows of segments against the index: missing, unnamed and doubled ones are told.
Result<void> check_segments(const ReferenceCheck& check, const SegmentIndex& index,
                            const ContainerIndex& containers, const storage::FindingSink& found,
                            ReferenceStats& stats);

}  // namespace lapis::blob
