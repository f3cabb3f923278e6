// Ids that must not be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace lapis {

template <class Tag, class Int = std::uint64_t>
struct StrongId {
  Int value = 0;
  friend auto operator<=>(const StrongId&, const StrongId&) = default;
};

using ChunkId = StrongId<struct ChunkIdTag>;               // immutable bytes at rest; 0 is none
using ExtentId = StrongId<struct ExtentIdTag>;             // an extent file, unique in its path
using PathId = StrongId<struct PathIdTag, std::uint32_t>;  // one directory of a pool
using ContainerId = StrongId<struct ContainerIdTag>;       // a container's life: never used again
using SegmentId = StrongId<struct SegmentIdTag>;           // a piece of a large blob's block map
using Sequence = StrongId<struct SequenceTag>;  // a metadata commit; grows by one a commit

}  // namespace lapis

template <class Tag, class Int>
struct std::hash<lapis::StrongId<Tag, Int>> {
  std::size_t operator()(lapis::StrongId<Tag, Int> id) const noexcept {
    return std::hash<Int>{}(id.value);
  }
};
