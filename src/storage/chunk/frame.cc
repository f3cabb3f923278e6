#include "storage/chunk/frame.h"

#include <algorithm>
#include <bit>

#include "lapis/base/check.h"
#include "lapis/base/crc64.h"

namespace lapis::storage {
namespace {

constexpr std::uint32_t kMagic = 0x5246504c;  // "LPFR"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kCrcAt = kFrameHeaderBytes - sizeof(std::uint64_t);

std::unexpected<Error> refuse(const char* why) { return fail(ErrorCode::kInternalError, why); }

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

Result<void> check_ranges(const FrameHeader& header) {
  if (header.chunk.value == 0) return refuse("frame: chunk id 0");
  if (header.payload_length == 0 || header.payload_length > kMaxChunkLength) {
    return refuse("frame: payload length");
  }
  const std::uint32_t unit = header.unit_bytes;
  if (unit < kMinUnitBytes || unit > kMaxUnitBytes || !std::has_single_bit(unit)) {
    return refuse("frame: unit size");
  }
  if (header.place.offset == 0 || header.place.offset % kFrameAlignment != 0) {
    return refuse("frame: offset");
  }
  return {};
}

}  // namespace

void encode_frame_header(const FrameHeader& header, MutableBytes out) {
  LAPIS_CHECK(out.size() >= kFrameHeaderBytes);
  LAPIS_CHECK(check_ranges(header).has_value());
  std::ranges::fill(out.first(kFrameHeaderBytes), std::byte{0});
  store_le<std::uint32_t>(out, 0, kMagic);
  store_le<std::uint16_t>(out, 4, kVersion);
  store_le<std::uint16_t>(out, 6, kFrameHeaderBytes);
  store_le(out, 8, header.chunk.value);
  store_le(out, 16, header.owner.container.value);
  store_le(out, 24, header.owner.tag);
  store_le(out, 32, header.payload_length);
  store_le(out, 40, header.place.path.value);
  store_le(out, 44, header.unit_bytes);
  store_le(out, 48, header.place.extent.value);
  store_le(out, 56, header.place.generation);
  store_le(out, 64, header.place.offset);
  store_le(out, 72, header.sequence.value);
  store_le(out, 80, header.epoch);
  std::ranges::copy(header.store.bytes, out.begin() + 88);
  store_le(out, kCrcAt, crc64(out.first(kCrcAt)));
}

Result<FrameHeader> decode_frame_header(Bytes in) {
  if (in.size() < kFrameHeaderBytes) return refuse("frame: short header");
  if (load_le<std::uint32_t>(in, 0) != kMagic) return refuse("frame: magic");
  if (load_le<std::uint64_t>(in, kCrcAt) != crc64(in.first(kCrcAt))) {
    return refuse("frame: header checksum");
  }
  if (load_le<std::uint16_t>(in, 4) != kVersion) return refuse("frame: format version");
  if (load_le<std::uint16_t>(in, 6) != kFrameHeaderBytes) return refuse("frame: header length");
  if (!is_zero(in.subspan(104, kCrcAt - 104))) return refuse("frame: reserved bytes set");
  FrameHeader header;
  header.chunk = ChunkId{load_le<std::uint64_t>(in, 8)};
  header.owner.container = ContainerId{load_le<std::uint64_t>(in, 16)};
  header.owner.tag = load_le<std::uint64_t>(in, 24);
  header.payload_length = load_le<std::uint64_t>(in, 32);
  header.unit_bytes = load_le<std::uint32_t>(in, 44);
  header.place =
      Place{PathId{load_le<std::uint32_t>(in, 40)}, ExtentId{load_le<std::uint64_t>(in, 48)},
            load_le<std::uint64_t>(in, 56), load_le<std::uint64_t>(in, 64)};
  header.sequence = Sequence{load_le<std::uint64_t>(in, 72)};
  header.epoch = load_le<std::uint64_t>(in, 80);
  std::ranges::copy(in.subspan(88, 16), header.store.bytes.begin());
  LAPIS_TRY_VOID(check_ranges(header));
  return header;
}

void encode_frame_tail(Bytes header, std::span<const std::uint64_t> unit_crcs, MutableBytes out) {
  LAPIS_CHECK(header.size() == kFrameHeaderBytes);
  LAPIS_CHECK(out.size() == (unit_crcs.size() + 1) * sizeof(std::uint64_t));
  for (std::size_t i = 0; i < unit_crcs.size(); ++i) store_le(out, i * 8, unit_crcs[i]);
  const std::size_t table = unit_crcs.size() * 8;
  store_le(out, table, crc64(out.first(table), crc64(header.first(kCrcAt))));
}

Result<std::vector<std::uint64_t>> decode_frame_tail(Bytes header, Bytes tail) {
  LAPIS_TRY(const FrameHeader decoded, decode_frame_header(header));
  if (tail.size() != frame_tail_bytes(decoded.payload_length, decoded.unit_bytes)) {
    return refuse("frame: tail length");
  }
  const std::size_t table = tail.size() - sizeof(std::uint64_t);
  const std::uint64_t expected = crc64(tail.first(table), crc64(header.first(kCrcAt)));
  if (load_le<std::uint64_t>(tail, table) != expected) return refuse("frame: trailer checksum");
  std::vector<std::uint64_t> crcs(table / 8);
  for (std::size_t i = 0; i < crcs.size(); ++i) crcs[i] = load_le<std::uint64_t>(tail, i * 8);
  return crcs;
}

}  // namespace lapis::storage
