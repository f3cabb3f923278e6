// The first 4 KiB of an extent file: whose it is, and which of its lives. All little-endian.
//
//     0 u32 magic "LPEX" | 4 u16 format version (1) | 6 u16 zero
//     8 16 bytes uuid of the store
//    24 u32 path id | 28 u32 zero
//    32 u64 extent id | 40 u64 generation | 48 u64 bytes of the file
//    56 u64 CRC-64/NVME of bytes 0..55
//    64 zeros up to 4096
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/base/bytes.h"
#include "lapis/base/ids.h"
#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/io/file.h"

namespace lapis::storage {

inline constexpr std::size_t kExtentHeaderBytes = io::kIoAlignment;

struct ExtentHeader {
  Guid store;
  PathId path;
  ExtentId extent;
  std::uint64_t generation = 0;
  std::uint64_t bytes = 0;
};

// Writes kExtentHeaderBytes.
void encode_extent_header(const ExtentHeader& header, MutableBytes out);

// Nothing where the block is all zeros: a file whose creation was interrupted. Fails for anything
// that `encode_extent_header` does not write.
Result<std::optional<ExtentHeader>> decode_extent_header(Bytes in);

}  // namespace lapis::storage
