#include "storage/meta/log_tail.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "storage/meta/crc32c.h"

namespace lapis::storage {
namespace {

std::string record(char type, const std::string& payload) {
  Crc32c sum;
  sum.add(type);
  sum.add(payload);
  const std::uint32_t crc = ((sum.value() >> 15) | (sum.value() << 17)) + 0xA282EAD8u;
  const auto length = static_cast<std::uint16_t>(payload.size());
  std::string bytes(7, type);
  std::memcpy(bytes.data(), &crc, sizeof crc);
  std::memcpy(bytes.data() + 4, &length, sizeof length);
  return bytes + payload;
}

const std::string kTwo = record(1, "first payload") + record(1, "second payload");

std::string with_byte(std::string bytes, std::size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

TEST(Crc32c, HasItsCheckValue) {
  Crc32c sum;
  sum.add("123456789");
  EXPECT_EQ(sum.value(), 0xE3069283u);
}

struct TailCase {
  const char* name;
  std::string tail;
  bool is_damaged;
};
const TailCase kTailCases[] = {
    {"Empty", "", false},
    {"Whole", kTwo, false},
    {"ZerosBehind", kTwo + std::string(100, '\0'), false},
    {"CutInAHeader", kTwo.substr(0, 20 + 4), false},
    {"CutBehindAHeader", kTwo.substr(0, 20 + 7), false},
    {"CutInAPayload", kTwo.substr(0, kTwo.size() - 1), false},
    {"CutInAPartOfALongRecord", record(2, std::string(500, 'x')).substr(0, 300), false},
    {"TheLastLengthGrown", with_byte(kTwo, 20 + 5, 4), true},
    {"TheFirstLengthGrown", with_byte(kTwo, 4, 100), true},
    {"AnUnknownType", with_byte(kTwo, 20 + 6, 65), true},
    {"ARecyclingType", with_byte(kTwo, 6, 5), true},
    {"AHeaderGoneAndARecordBehind", std::string(7, '\x7F') + kTwo, true},
    {"ZerosAndARecordBehind", std::string(20, '\0') + kTwo, true},
    {"AMiddlePartBehind", std::string(7, '\x7F') + record(3, "unsynced, of the same batch"), false},
};

TEST(LogTail, IsDamagedWhereARecordWasWhole) {
  for (const TailCase& c : kTailCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(is_log_tail_damaged(c.tail), c.is_damaged);
  }
}

}  // namespace
}  // namespace lapis::storage
