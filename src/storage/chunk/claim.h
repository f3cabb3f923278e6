// Claim: how much of a path's room what is written may take.
#pragma once

#include <cstdint>

namespace lapis::storage {

// Each takes what those before it take, and more.
enum class Claim : std::uint8_t {
  kBelowShare,  // not beyond the path's share (PoolOptions::fill_share)
  kToTheBrim,   // all but the last extents (ExtentSupply::kKept)
  // Those too: what lives in a sparse extent, so that the whole of it comes back. Where new bytes
  // could take the last extent, nothing could be emptied any more, however much of the path is
  // dead.
  kLast,
};

}  // namespace lapis::storage
