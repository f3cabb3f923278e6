#include <array>

#include "base/crc64_impl.h"
#include "base/crc64_poly.h"

namespace lapis::crc64_impl {
namespace {

// Row k, entry b: byte b followed by k zero bytes.
using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint64_t state = byte;
    for (int bit = 0; bit < 8; ++bit) state = crc64_poly::times_x(state);
    tables[0][byte] = state;
  }
  for (std::size_t row = 1; row < tables.size(); ++row) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint64_t before = tables[row - 1][byte];
      tables[row][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint64_t update_table(std::uint64_t state, Bytes data) {
  while (data.size() >= 8) {
    state ^= load_le<std::uint64_t>(data);
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) next ^= kTables[7 - i][state >> (8 * i) & 0xFF];
    state = next;
    data = data.subspan(8);
  }
  for (const std::byte byte : data) {
    state = (state >> 8) ^ kTables[0][(state ^ std::to_integer<std::uint64_t>(byte)) & 0xFF];
  }
  return state;
}

}  // namespace lapis::crc64_impl
