// Frame: one chunk in an extent, self-describing, so that a scan of the extents alone says what
// they hold. Frames start at multiples of 4 KiB and never overlap. All integers are little-endian.
//
// header, kFrameHeaderBytes (128)
//     0 u32 magic "LPFR" | 4 u16 format version (1) | 6 u16 header length (128)
//     8 u64 chunk id
//    16 u64 owner: container id | 24 u64 owner: tag
//    32 u64 payload length, 1..16 MiB
//    40 u32 path id | 44 u32 unit size, a power of two from 16 to 64 KiB
//    48 u64 extent id | 56 u64 extent generation
//    64 u64 offset of this frame in the extent, a multiple of 4096
//    72 u64 metadata commit sequence known durable when the frame was written
//    80 u64 epoch of that sequence
//    88 16 bytes uuid of the store
//   104 16 zero bytes
//   120 u64 CRC-64/NVME of bytes 0..119
// payload, at 128
// table, directly behind the payload: one u64 CRC-64/NVME for each unit of the payload
// trailer, directly behind the table: u64 CRC-64/NVME of the header's bytes 0..119 and the table
//     (not of all 128: with its own checksum at the end every header has the same CRC)
// zeros up to a multiple of 4096
//
// A frame's identity (store, path, extent, generation, offset, chunk) is inside the header's
// checksum, and the header is inside the trailer's: a misdirected or stale write is seen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lapis/base/bytes.h"
#include "lapis/base/ids.h"
#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/storage/chunk_store.h"

namespace lapis::storage {

inline constexpr std::size_t kFrameHeaderBytes = 128;
inline constexpr std::size_t kFrameAlignment = io::kIoAlignment;
inline constexpr std::uint32_t kUnitBytes = 16 * 1024;  // docs/decisions/0006-chunk-format.md
inline constexpr std::uint32_t kMinUnitBytes = 16 * 1024;
inline constexpr std::uint32_t kMaxUnitBytes = 64 * 1024;

// Where a frame lies, and of which life of the extent it is.
struct Place {
  PathId path;
  ExtentId extent;
  std::uint64_t generation = 0;
  std::uint64_t offset = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct FrameHeader {
  ChunkId chunk;
  ChunkOwner owner;
  std::uint64_t payload_length = 0;
  std::uint32_t unit_bytes = kUnitBytes;
  Place place;
  Sequence sequence;
  std::uint64_t epoch = 0;
  Guid store;
};

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

constexpr std::uint64_t unit_count(std::uint64_t payload_length, std::uint32_t unit_bytes) {
  return (payload_length + unit_bytes - 1) / unit_bytes;
}

// Bytes behind the payload before the padding: table and trailer.
constexpr std::uint64_t frame_tail_bytes(std::uint64_t payload_length, std::uint32_t unit_bytes) {
  return (unit_count(payload_length, unit_bytes) + 1) * sizeof(std::uint64_t);
}

// Bytes of a whole frame, a multiple of kFrameAlignment.
constexpr std::uint64_t frame_bytes(std::uint64_t payload_length, std::uint32_t unit_bytes) {
  return round_up(kFrameHeaderBytes + payload_length + frame_tail_bytes(payload_length, unit_bytes),
                  kFrameAlignment);
}

// Writes the header into the first kFrameHeaderBytes of `out`.
void encode_frame_header(const FrameHeader& header, MutableBytes out);

// Fails for anything that `encode_frame_header` does not write. `in` holds at least
// kFrameHeaderBytes.
Result<FrameHeader> decode_frame_header(Bytes in);

// Writes the table and trailer into `out`, which is frame_tail_bytes long. `header` is the encoded
// header.
void encode_frame_tail(Bytes header, std::span<const std::uint64_t> unit_crcs, MutableBytes out);

// The unit checksums. Fails unless `tail` is the tail of the frame with this encoded header.
Result<std::vector<std::uint64_t>> decode_frame_tail(Bytes header, Bytes tail);

}  // namespace lapis::storage
