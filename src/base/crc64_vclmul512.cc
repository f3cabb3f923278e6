#include "base/crc64_fold.h"

#if defined(LAPIS_CRC64_X86)
#define LAPIS_CRC64_TARGET \
  __attribute__((target("sse4.1,pclmul,avx,avx2,avx512f,avx512vl,vpclmulqdq")))

namespace lapis::crc64_impl {
namespace {

using crc64_poly::kFoldBy;

constexpr std::size_t kLanes = 4;
constexpr std::size_t kWidth = 64;
constexpr std::size_t kStride = kLanes * kWidth;

LAPIS_CRC64_TARGET __m512i wide_keys_for(crc64_poly::FoldKeys keys) {
  return _mm512_broadcast_i32x4(keys_for(keys));
}

LAPIS_CRC64_TARGET inline __m512i wide_fold(__m512i lane, __m512i keys, __m512i next) {
  constexpr int kXorOfThree = 0x96;
  const __m512i low = _mm512_clmulepi64_epi128(lane, keys, 0x00);
  const __m512i high = _mm512_clmulepi64_epi128(lane, keys, 0x11);
  return _mm512_ternarylogic_epi64(low, high, next, kXorOfThree);
}

// The four quarters of `lane` folded into one.
LAPIS_CRC64_TARGET __m128i narrow(__m512i lane) {
  const __m128i last = _mm512_extracti32x4_epi32(lane, 3);
  const __m128i first = fold(_mm512_extracti32x4_epi32(lane, 0), keys_for(kFoldBy<384>), last);
  const __m128i second = fold(_mm512_extracti32x4_epi32(lane, 1), keys_for(kFoldBy<256>), first);
  return fold(_mm512_extracti32x4_epi32(lane, 2), keys_for(kFoldBy<128>), second);
}

// Folds all of `data` that fills whole lanes, at least one stride, and leaves the rest in it.
LAPIS_CRC64_TARGET __m128i fold_lanes(std::uint64_t state, Bytes& data) {
  __m512i lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    lanes[i] = _mm512_loadu_si512(data.data() + kWidth * i);
  }
  lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(words(state, 0)));
  data = data.subspan(kStride);

  const __m512i stride_keys = wide_keys_for(kFoldBy<kStride * 8>);
  while (data.size() >= kStride) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      lanes[i] = wide_fold(lanes[i], stride_keys, _mm512_loadu_si512(data.data() + kWidth * i));
    }
    data = data.subspan(kStride);
  }

  const __m512i half = wide_keys_for(kFoldBy<1024>);
  for (std::size_t i = 0; i < 2; ++i) lanes[i + 2] = wide_fold(lanes[i], half, lanes[i + 2]);
  const __m512i one = wide_keys_for(kFoldBy<512>);
  __m512i lane = wide_fold(lanes[2], one, lanes[3]);
  while (data.size() >= kWidth) {
    lane = wide_fold(lane, one, _mm512_loadu_si512(data.data()));
    data = data.subspan(kWidth);
  }
  return narrow(lane);
}

}  // namespace

bool has_vclmul512() {
  return has_clmul() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("vpclmulqdq");
}

LAPIS_CRC64_TARGET std::uint64_t update_vclmul512(std::uint64_t state, Bytes data) {
  if (data.size() < kStride) return update_clmul(state, data);
  const __m128i lane = fold_lanes(state, data);
  return finish_fold(lane, data);
}

}  // namespace lapis::crc64_impl
#endif
