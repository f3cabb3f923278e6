#include "storage/meta/room.h"

#include <gtest/gtest.h>

namespace lapis::storage {
namespace {

struct RoomCase {
  const char* name;
  std::uint64_t free_bytes;
  Room room;
};
constexpr RoomCase kRoomCases[] = {
    {"Plenty", 100'000, Room::kForAll},    {"TheMinimum", 1000, Room::kForAll},
    {"BelowIt", 999, Room::kForSmall},     {"Half", 500, Room::kForSmall},
    {"BelowHalf", 499, Room::kForErasing}, {"AQuarter", 250, Room::kForErasing},
    {"BelowAQuarter", 249, Room::kNone},   {"None", 0, Room::kNone},
};

TEST(Room, NarrowsAsTheDiskFills) {
  for (const RoomCase& c : kRoomCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(room_for(c.free_bytes, 1000), c.room);
  }
}

TEST(Room, NoMinimumMeansNoLimit) { EXPECT_EQ(room_for(0, 0), Room::kForAll); }

struct AdmitCase {
  const char* name;
  WriteSize size;
  Room least;  // the narrowest room that still admits it
};
constexpr AdmitCase kAdmitCases[] = {
    {"ReadOnly", {0, 0}, Room::kNone},
    {"EraseOnly", {0, 1}, Room::kForErasing},
    {"ReleaseOfABlob", {4096, 1}, Room::kForErasing},
    {"SmallPut", {4096, 0}, Room::kForSmall},
    {"LargePut", {4097, 0}, Room::kForAll},
    {"LargePutThatErases", {4097, 5}, Room::kForAll},
    {"RowsWrittenAgain", {0, 0, 131'072}, Room::kForSmall},
    {"RowsThatMove", {4096, 1, 131'072}, Room::kForErasing},
    {"TooManyOfThem", {0, 1, 131'073}, Room::kForAll},
    {"RowsThatMoveWithALargePut", {4097, 1, 10}, Room::kForAll},
};

TEST(Room, AdmitsWhatItHasRoomFor) {
  for (const AdmitCase& c : kAdmitCases) {
    for (const Room room : {Room::kForAll, Room::kForSmall, Room::kForErasing, Room::kNone}) {
      SCOPED_TRACE(std::string(c.name) + " in room " + std::to_string(static_cast<int>(room)));
      const Result<void> admitted = admit(room, c.size);
      EXPECT_EQ(admitted.has_value(), room <= c.least);
      if (!admitted) EXPECT_EQ(admitted.error().code, ErrorCode::kInsufficientStorage);
    }
  }
}

TEST(Room, IsMeasuredOnTheDirectorysFileSystem) {
  EXPECT_EQ(measure_room("/tmp", 1), Room::kForAll);
  EXPECT_EQ(measure_room("/tmp", 1ull << 62), Room::kNone);
}

}  // namespace
}  // namespace lapis::storage
