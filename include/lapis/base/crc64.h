// CRC-64/NVME (reflected 0x9A6C9329AC4BC9B5): the checksum of x-ms-content-crc64, of every unit at
// rest and of every range read. Runs on (V)PCLMULQDQ where the CPU has it, else on tables.
// Source: NVM Express NVM Command Set Specification 1.0, 5.2.1.3.4; check("123456789") =
// 0xAE8B14860A799888. Thread-safe.
#pragma once

#include <cstdint>

#include "lapis/base/bytes.h"

namespace lapis {

// The CRC of `data`, continuing from `seed` (the CRC of what came before; 0 at the start).
std::uint64_t crc64(Bytes data, std::uint64_t seed = 0);

// The CRC of A followed by B, from their CRCs and B's length in bytes; reads no data.
std::uint64_t crc64_combine(std::uint64_t crc_a, std::uint64_t crc_b, std::uint64_t length_b);

}  // namespace lapis
