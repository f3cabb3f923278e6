#include "azure/request/guid.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

TEST(ParseGuid, ReadsEverySpelling) {
  const std::string plain = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  for (const char* text : {
           "6ba7b8109dad11d180b400c04fd430c8",
           "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
           "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
           "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
           "(6ba7b810-9dad-11d1-80b4-00c04fd430c8)",
           "{0x6ba7b810,0x9dad,0x11d1,{0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30,0xc8}}",
           "{0X6BA7B810,0x9dad,0x11d1,{0x80,0xb4,0x0,0xc0,0x4f,0xd4,0x30,0xc8}}",
       }) {
    const auto guid = parse_guid(text);
    ASSERT_TRUE(guid) << text;
    EXPECT_EQ(guid->to_string(), plain) << text;
  }
}

TEST(ParseGuid, RefusesWhatIsNone) {
  for (const char* text : {
           "",
           "x",
           "-",
           "{}",
           "{",
           "()",
           "6ba7b8109dad11d180b400c04fd430c",
           "6ba7b8109dad11d180b400c04fd430cg",
           "6ba7b810-9dad-11d1-80b4-00c04fd430c",
           "6ba7b8109-dad-11d1-80b4-00c04fd430c8",
           "6ba7b810-9dad-11d1-80b4_00c04fd430c8",
           "{6ba7b810-9dad-11d1-80b4-00c04fd430c8)",
           "(6ba7b810-9dad-11d1-80b4-00c04fd430c8",
           "{6ba7b8109dad11d180b400c04fd430c8}",
           "{0x6ba7b8101,0x9dad,0x11d1,{0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30,0xc8}}",
           "{0x6ba7b810,0x9dad,0x11d1,{0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30}}",
           "{0x6ba7b810,0x9dad,0x11d1,{0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30,0xc8}",
           "{0x6ba7b810,0x9dad,0x11d1,0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30,0xc8}}",
           "{0x,0x9dad,0x11d1,{0x80,0xb4,0x00,0xc0,0x4f,0xd4,0x30,0xc8}}",
       }) {
    EXPECT_FALSE(parse_guid(text)) << text;
  }
}

}  // namespace
}  // namespace lapis::azure
