// A structured message: nothing may crash, and a payload that is accepted has the length and the
// checksum it was said to have. The first byte is the length of the payload.
#include <cstdint>
#include <cstdlib>

#include "lapis/azure/structured_message.h"
#include "lapis/base/crc64.h"

namespace lapis::azure {
namespace {

void run(Bytes input) {
  if (input.empty()) return;
  const auto payload = std::to_integer<std::uint64_t>(input[0]);
  Bytes rest = input.subspan(1);
  StructuredDecoder decoder(rest.size(), payload);
  std::uint64_t crc = 0;
  std::uint64_t length = 0;
  while (!decoder.done()) {
    const std::size_t framing = decoder.framing();
    const std::uint64_t size = framing != 0 ? framing : decoder.payload();
    if (size == 0) std::abort();
    if (size > rest.size()) return;
    const Bytes piece = rest.first(static_cast<std::size_t>(size));
    rest = rest.subspan(piece.size());
    if (framing == 0) {
      decoder.take_payload(piece);
      crc = crc64(piece, crc);
      length += size;
    } else if (!decoder.take_framing(piece)) {
      return;
    }
  }
  if (!rest.empty() || length != payload) std::abort();
  if (load_le<std::uint64_t>(input.last(8)) != crc) std::abort();
}

}  // namespace
}  // namespace lapis::azure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::azure::run(std::as_bytes(std::span(data, size)));
  return 0;
}
