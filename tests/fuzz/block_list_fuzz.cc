// The body of Put Block List: nothing may crash, and what is accepted is within the limits.
#include <cstdint>
#include <cstdlib>

#include "azure/request/block_ids.h"
#include "azure/xml/block_list_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto blocks = lapis::azure::parse_block_list({reinterpret_cast<const char*>(data), size});
  if (!blocks) return 0;
  if (blocks->size() > lapis::blob::Limits::kMaxCommittedBlocks) std::abort();
  for (const auto& entry : *blocks) {
    if (!lapis::azure::is_block_id(entry.block.text)) std::abort();
  }
  return 0;
}
