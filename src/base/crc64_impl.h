// The ways to compute CRC-64/NVME, for crc64.cc to choose from and for tests to compare. Each takes
// the state (crc64_poly.h) before `data` and returns the one after it.
#pragma once

#include <cstdint>

#include "lapis/base/bytes.h"

#if defined(__x86_64__)
#define LAPIS_CRC64_X86 1
#endif

namespace lapis::crc64_impl {

using Update = std::uint64_t (*)(std::uint64_t state, Bytes data);

// Eight bytes a step from eight tables; runs everywhere.
std::uint64_t update_table(std::uint64_t state, Bytes data);

#if defined(LAPIS_CRC64_X86)
// Eight 128-bit lanes of PCLMULQDQ.
bool has_clmul();
std::uint64_t update_clmul(std::uint64_t state, Bytes data);
// The product of two reflected polynomials modulo P.
std::uint64_t multiply_clmul(std::uint64_t a, std::uint64_t b);

// Eight 256-bit lanes of VPCLMULQDQ (AVX2).
bool has_vclmul256();
std::uint64_t update_vclmul256(std::uint64_t state, Bytes data);

// Four 512-bit lanes of VPCLMULQDQ (AVX-512).
bool has_vclmul512();
std::uint64_t update_vclmul512(std::uint64_t state, Bytes data);
#endif

// The fastest that this CPU runs.
Update best_update();

}  // namespace lapis::crc64_impl
