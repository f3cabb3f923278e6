#include "base/crc64_fold.h"

#if defined(LAPIS_CRC64_X86)
namespace lapis::crc64_impl {
namespace {

using crc64_poly::kFoldBy;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kStride = kLanes * 16;

// Folds all of `data` that fills whole strides, at least one, and leaves the rest in it.
LAPIS_CRC64_CLMUL_TARGET __m128i fold_strides(std::uint64_t state, Bytes& data) {
  __m128i lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = load_lane(data.data() + 16 * i);
  lanes[0] = _mm_xor_si128(lanes[0], words(state, 0));
  data = data.subspan(kStride);

  const __m128i stride_keys = keys_for(kFoldBy<kStride * 8>);
  while (data.size() >= kStride) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      lanes[i] = fold(lanes[i], stride_keys, load_lane(data.data() + 16 * i));
    }
    data = data.subspan(kStride);
  }

  const __m128i half = keys_for(kFoldBy<512>);
  for (std::size_t i = 0; i < 4; ++i) lanes[i + 4] = fold(lanes[i], half, lanes[i + 4]);
  const __m128i quarter = keys_for(kFoldBy<256>);
  for (std::size_t i = 4; i < 6; ++i) lanes[i + 2] = fold(lanes[i], quarter, lanes[i + 2]);
  return fold(lanes[6], keys_for(kFoldBy<128>), lanes[7]);
}

}  // namespace

bool has_clmul() { return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("pclmul"); }

LAPIS_CRC64_CLMUL_TARGET std::uint64_t update_clmul(std::uint64_t state, Bytes data) {
  if (data.size() < 16) return update_table(state, data);
  if (data.size() >= kStride) {
    const __m128i lane = fold_strides(state, data);
    return finish_fold(lane, data);
  }
  const __m128i lane = _mm_xor_si128(load_lane(data.data()), words(state, 0));
  return finish_fold(lane, data.subspan(16));
}

LAPIS_CRC64_CLMUL_TARGET std::uint64_t multiply_clmul(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t divided = crc64_poly::divided_by_x(a);
  return modulo_p(_mm_clmulepi64_si128(words(divided, 0), words(b, 0), 0x00));
}

}  // namespace lapis::crc64_impl
#endif
