// The last block of RocksDB's log, damaged in any way.
#include <cstdint>
#include <string_view>

#include "storage/meta/log_tail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view tail(reinterpret_cast<const char*>(data), size);
  (void)lapis::storage::is_log_tail_damaged(tail);
  return 0;
}
