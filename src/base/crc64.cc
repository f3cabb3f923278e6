#include "lapis/base/crc64.h"

#include "base/crc64_impl.h"

namespace lapis {

crc64_impl::Update crc64_impl::best_update() {
#if defined(LAPIS_CRC64_X86)
  if (has_vclmul512()) return update_vclmul512;
  if (has_vclmul256()) return update_vclmul256;
  if (has_clmul()) return update_clmul;
#endif
  return update_table;
}

std::uint64_t crc64(Bytes data, std::uint64_t seed) {
  static const crc64_impl::Update update = crc64_impl::best_update();
  return ~update(~seed, data);
}

}  // namespace lapis
