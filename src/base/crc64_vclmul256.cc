#include "base/crc64_fold.h"

#if defined(LAPIS_CRC64_X86)
#define LAPIS_CRC64_TARGET __attribute__((target("sse4.1,pclmul,avx,avx2,vpclmulqdq")))

namespace lapis::crc64_impl {
namespace {

using crc64_poly::kFoldBy;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kWidth = 32;
constexpr std::size_t kStride = kLanes * kWidth;

LAPIS_CRC64_TARGET __m256i wide_keys_for(crc64_poly::FoldKeys keys) {
  return _mm256_broadcastsi128_si256(keys_for(keys));
}

LAPIS_CRC64_TARGET inline __m256i wide_load(const std::byte* at) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(at));
}

LAPIS_CRC64_TARGET inline __m256i wide_fold(__m256i lane, __m256i keys, __m256i next) {
  const __m256i low = _mm256_clmulepi64_epi128(lane, keys, 0x00);
  const __m256i high = _mm256_clmulepi64_epi128(lane, keys, 0x11);
  return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

// Folds all of `data` that fills whole lanes, at least one stride, and leaves the rest in it.
LAPIS_CRC64_TARGET __m128i fold_lanes(std::uint64_t state, Bytes& data) {
  __m256i lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = wide_load(data.data() + kWidth * i);
  lanes[0] = _mm256_xor_si256(lanes[0], _mm256_zextsi128_si256(words(state, 0)));
  data = data.subspan(kStride);

  const __m256i stride_keys = wide_keys_for(kFoldBy<kStride * 8>);
  while (data.size() >= kStride) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      lanes[i] = wide_fold(lanes[i], stride_keys, wide_load(data.data() + kWidth * i));
    }
    data = data.subspan(kStride);
  }

  const __m256i half = wide_keys_for(kFoldBy<1024>);
  for (std::size_t i = 0; i < 4; ++i) lanes[i + 4] = wide_fold(lanes[i], half, lanes[i + 4]);
  const __m256i quarter = wide_keys_for(kFoldBy<512>);
  for (std::size_t i = 4; i < 6; ++i) lanes[i + 2] = wide_fold(lanes[i], quarter, lanes[i + 2]);
  const __m256i one = wide_keys_for(kFoldBy<256>);
  __m256i lane = wide_fold(lanes[6], one, lanes[7]);
  while (data.size() >= kWidth) {
    lane = wide_fold(lane, one, wide_load(data.data()));
    data = data.subspan(kWidth);
  }
  return fold(_mm256_castsi256_si128(lane), keys_for(kFoldBy<128>),
              _mm256_extracti128_si256(lane, 1));
}

}  // namespace

bool has_vclmul256() {
  return has_clmul() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq");
}

LAPIS_CRC64_TARGET std::uint64_t update_vclmul256(std::uint64_t state, Bytes data) {
  if (data.size() < kStride) return update_clmul(state, data);
  const __m128i lane = fold_lanes(state, data);
  return finish_fold(lane, data);
}

}  // namespace lapis::crc64_impl
#endif
