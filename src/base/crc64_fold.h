// Folding 128 bits at a time with PCLMULQDQ: what the x86 implementations of CRC-64 share.
//
// A lane holds 16 bytes of message as they lie in memory: a reflected polynomial of degree below
// 128, its low word the earlier bytes. Folding replaces a lane by a congruent one further on.
#pragma once

#include "base/crc64_impl.h"
#include "base/crc64_poly.h"

#if defined(LAPIS_CRC64_X86)
#include <immintrin.h>

#define LAPIS_CRC64_CLMUL_TARGET __attribute__((target("sse4.1,pclmul")))

namespace lapis::crc64_impl {

LAPIS_CRC64_CLMUL_TARGET inline __m128i words(std::uint64_t low, std::uint64_t high) {
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

LAPIS_CRC64_CLMUL_TARGET inline __m128i load_lane(const std::byte* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(at));
}

LAPIS_CRC64_CLMUL_TARGET inline __m128i keys_for(crc64_poly::FoldKeys keys) {
  return words(keys.low, keys.high);
}

// `lane` moved forward by the distance of `keys`, plus `next`.
LAPIS_CRC64_CLMUL_TARGET inline __m128i fold(__m128i lane, __m128i keys, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(lane, keys, 0x00);
  const __m128i high = _mm_clmulepi64_si128(lane, keys, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// The 128-bit polynomial modulo P (Barrett).
LAPIS_CRC64_CLMUL_TARGET inline std::uint64_t modulo_p(__m128i value) {
  constexpr std::uint64_t kQuotient = crc64_poly::barrett_quotient();
  constexpr std::uint64_t kDivisor = crc64_poly::kPoly << 1 | 1;  // its 65th bit is added below
  const __m128i constants = words(kQuotient, kDivisor);
  const __m128i quotient = _mm_clmulepi64_si128(value, constants, 0x00);
  const __m128i product = _mm_clmulepi64_si128(quotient, constants, 0x10);
  const __m128i carried = _mm_slli_si128(quotient, 8);
  const __m128i rest = _mm_xor_si128(_mm_xor_si128(value, product), carried);
  return static_cast<std::uint64_t>(_mm_extract_epi64(rest, 1));
}

// The state after a message that is congruent to `lane`.
LAPIS_CRC64_CLMUL_TARGET inline std::uint64_t state_of(__m128i lane) {
  constexpr std::uint64_t kKey = crc64_poly::x_to_the(127);
  const __m128i moved = _mm_clmulepi64_si128(lane, words(kKey, 0), 0x00);
  return modulo_p(_mm_xor_si128(moved, _mm_srli_si128(lane, 8)));
}

// Ends a fold: `rest` follows `lane`.
LAPIS_CRC64_CLMUL_TARGET inline std::uint64_t finish_fold(__m128i lane, Bytes rest) {
  const __m128i keys = keys_for(crc64_poly::kFoldBy<128>);
  while (rest.size() >= 16) {
    lane = fold(lane, keys, load_lane(rest.data()));
    rest = rest.subspan(16);
  }
  return update_table(state_of(lane), rest);
}

}  // namespace lapis::crc64_impl
#endif
