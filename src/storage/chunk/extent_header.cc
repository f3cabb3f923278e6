#include "storage/chunk/extent_header.h"

#include <algorithm>

#include "lapis/base/check.h"
#include "lapis/base/crc64.h"

namespace lapis::storage {
namespace {

constexpr std::uint32_t kMagic = 0x5845504c;  // "LPEX"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kCrcAt = 56;
constexpr std::size_t kUsed = 64;

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

void encode_extent_header(const ExtentHeader& header, MutableBytes out) {
  LAPIS_CHECK(out.size() >= kExtentHeaderBytes);
  std::ranges::fill(out.first(kExtentHeaderBytes), std::byte{0});
  store_le<std::uint32_t>(out, 0, kMagic);
  store_le<std::uint16_t>(out, 4, kVersion);
  std::ranges::copy(header.store.bytes, out.begin() + 8);
  store_le(out, 24, header.path.value);
  store_le(out, 32, header.extent.value);
  store_le(out, 40, header.generation);
  store_le(out, 48, header.bytes);
  store_le(out, kCrcAt, crc64(out.first(kCrcAt)));
}

Result<std::optional<ExtentHeader>> decode_extent_header(Bytes in) {
  if (in.size() < kExtentHeaderBytes)
    return fail(ErrorCode::kInternalError, "extent: short header");
  if (is_zero(in.first(kExtentHeaderBytes))) return std::optional<ExtentHeader>{};
  if (load_le<std::uint32_t>(in, 0) != kMagic)
    return fail(ErrorCode::kInternalError, "extent: magic");
  if (load_le<std::uint64_t>(in, kCrcAt) != crc64(in.first(kCrcAt))) {
    return fail(ErrorCode::kInternalError, "extent: header checksum");
  }
  if (load_le<std::uint16_t>(in, 4) != kVersion) {
    return fail(ErrorCode::kInternalError, "extent: format version");
  }
  if (!is_zero(in.subspan(6, 2)) || !is_zero(in.subspan(28, 4)) ||
      !is_zero(in.subspan(kUsed, kExtentHeaderBytes - kUsed))) {
    return fail(ErrorCode::kInternalError, "extent: reserved bytes set");
  }
  ExtentHeader header;
  std::ranges::copy(in.subspan(8, 16), header.store.bytes.begin());
  header.path = PathId{load_le<std::uint32_t>(in, 24)};
  header.extent = ExtentId{load_le<std::uint64_t>(in, 32)};
  header.generation = load_le<std::uint64_t>(in, 40);
  header.bytes = load_le<std::uint64_t>(in, 48);
  return std::optional<ExtentHeader>{header};
}

}  // namespace lapis::storage
