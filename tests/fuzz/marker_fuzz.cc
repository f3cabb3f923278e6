// Page markers: what is accepted is exactly what would be written for it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "azure/request/markers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lapis::azure;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto position = decode_blob_marker(text);
  if (position && encode_blob_marker(*position) != text) std::abort();
  const auto container = decode_container_marker(text);
  if (container && encode_container_marker(*container) != text) std::abort();
  // The input as a name makes its way there and back, where it can be one.
  const auto again = decode_container_marker(encode_container_marker({std::string(text)}));
  if (again && again->name != text) std::abort();
  return 0;
}
