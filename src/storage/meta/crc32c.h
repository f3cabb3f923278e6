// CRC-32C (Castagnoli), by table: only for looking into RocksDB's log, whose checksum it is.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lapis::storage {

inline constexpr std::array<std::uint32_t, 256> kCrc32cTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
    table[i] = crc;
  }
  return table;
}();

// Fed byte by byte. CRC-32C("123456789") = 0xE3069283.
class Crc32c {
 public:
  void add(char byte) {
    state_ = kCrc32cTable[(state_ ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (state_ >> 8);
  }
  void add(std::string_view bytes) {
    for (const char byte : bytes) add(byte);
  }
  std::uint32_t value() const { return ~state_; }

 private:
  std::uint32_t state_ = 0xFFFFFFFF;
};

}  // namespace lapis::storage
