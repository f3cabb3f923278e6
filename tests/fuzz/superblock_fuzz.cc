// The superblocks of paths and of the metadata, as they stand and with their checksums put right.
// What is accepted encodes to text that is read as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lapis/base/crc64.h"
#include "storage/chunk/superblock.h"
#include "storage/meta/meta_superblock.h"

namespace lapis::storage {
namespace {

void read(std::string_view text) {
  if (const auto path = decode_superblock(text)) {
    const auto again = decode_superblock(encode(*path));
    if (!again || encode(*again) != encode(*path)) std::abort();
  }
  if (const auto meta = decode_meta_superblock(text)) {
    if (encode_meta_superblock(*meta) != text) std::abort();
  }
}

std::string sealed(std::string text, std::string_view word) {
  const std::uint64_t crc = crc64(as_bytes(text));
  text += word;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(crc >> shift) & 15];
  return text + "\n";
}

}  // namespace
}  // namespace lapis::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  lapis::storage::read(text);
  lapis::storage::read(lapis::storage::sealed(text, "crc64="));
  lapis::storage::read(lapis::storage::sealed(text, "check "));
  return 0;
}
