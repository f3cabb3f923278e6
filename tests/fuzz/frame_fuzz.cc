// Frame and extent headers and frame tails, as they stand and with their checksums put right, so
// that what lies behind the checksum is reached too. What is accepted encodes to the same bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "lapis/base/crc64.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void read_frame(Bytes header, Bytes tail) {
  const auto decoded = decode_frame_header(header);
  if (!decoded) return;
  std::vector<std::byte> again(kFrameHeaderBytes);
  encode_frame_header(*decoded, again);
  check(std::ranges::equal(again, header.first(kFrameHeaderBytes)));
  check(frame_bytes(decoded->payload_length, decoded->unit_bytes) % kFrameAlignment == 0);
  const auto crcs = decode_frame_tail(header.first(kFrameHeaderBytes), tail);
  if (crcs) check(crcs->size() == unit_count(decoded->payload_length, decoded->unit_bytes));
}

void read_extent(Bytes block) {
  const auto decoded = decode_extent_header(block);
  if (!decoded || !*decoded) return;
  std::vector<std::byte> again(kExtentHeaderBytes);
  encode_extent_header(**decoded, again);
  check(std::ranges::equal(again, block.first(kExtentHeaderBytes)));
}

void run(Bytes input) {
  const Bytes tail = input.subspan(std::min(input.size(), kFrameHeaderBytes));
  read_frame(input, tail);
  read_extent(input);
  std::vector<std::byte> sealed(input.begin(), input.end());
  sealed.resize(std::max(sealed.size(), kExtentHeaderBytes));
  store_le(sealed, 120, crc64(Bytes(sealed).first(120)));
  read_frame(sealed, tail);
  store_le(sealed, 56, crc64(Bytes(sealed).first(56)));
  std::fill(sealed.begin() + 64, sealed.end(), std::byte{0});
  read_extent(sealed);
}

}  // namespace
}  // namespace lapis::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::storage::run(std::as_bytes(std::span(data, size)));
  return 0;
}
