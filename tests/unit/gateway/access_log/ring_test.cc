#include "gateway/access_log/ring.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace lapis::gateway {
namespace {

bool push(RecordRing& ring, const std::string& text) { return ring.push(as_bytes(text)); }

std::string take(RecordRing& ring) {
  std::string text = "nothing";
  ring.take([&](Bytes record) { text = as_text(record); });
  return text;
}

TEST(RecordRing, HandsRecordsOutInOrder) {
  RecordRing ring(1024);
  EXPECT_TRUE(push(ring, "one"));
  EXPECT_TRUE(push(ring, "second"));
  EXPECT_EQ(take(ring), "one");
  EXPECT_EQ(take(ring), "second");
  EXPECT_EQ(take(ring), "nothing");
}

TEST(RecordRing, DropsAndCountsWhatDoesNotFit) {
  RecordRing ring(1024);
  const std::string record(96, 'x');  // 104 bytes with its length
  int kept = 0;
  for (int i = 0; i < 20; ++i) kept += push(ring, record) ? 1 : 0;
  EXPECT_EQ(kept, 9);
  EXPECT_EQ(ring.dropped(), 11u);
  for (int i = 0; i < kept; ++i) EXPECT_EQ(take(ring), record);
  EXPECT_EQ(take(ring), "nothing");
  EXPECT_TRUE(push(ring, record));
}

TEST(RecordRing, NeverKeepsARecordLargerThanItself) {
  RecordRing ring(1024);
  EXPECT_FALSE(push(ring, std::string(1024, 'x')));
  EXPECT_TRUE(push(ring, std::string(1020, 'x')));
}

TEST(RecordRing, WrapsAtEveryOffset) {
  RecordRing ring(1024);
  for (std::size_t size = 1; size < 500; ++size) {
    const std::string record(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(push(ring, record)) << size;
    ASSERT_TRUE(push(ring, "next")) << size;
    ASSERT_EQ(take(ring), record);
    ASSERT_EQ(take(ring), "next");
  }
  EXPECT_EQ(ring.dropped(), 0u);
}

// For ThreadSanitizer too: what is taken is what was pushed, in order, with only whole records
// missing.
TEST(RecordRing, PassesBetweenTwoThreads) {
  constexpr int kRecords = 200'000;
  RecordRing ring(4096);
  std::thread producer([&] {
    for (int i = 0; i < kRecords; ++i) {
      push(ring, std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.'));
    }
    while (!push(ring, "end")) std::this_thread::yield();
  });
  int last = -1;
  int taken = 0;
  for (bool ended = false; !ended;) {
    const bool found = ring.take([&](Bytes record) {
      const std::string text(as_text(record));
      ended = text == "end";
      if (ended) return;
      const int number = std::stoi(text);
      ASSERT_GT(number, last);
      ASSERT_EQ(text.size(), std::to_string(number).size() + static_cast<std::size_t>(number % 50));
      last = number;
      ++taken;
    });
    if (!found) std::this_thread::yield();
  }
  producer.join();
  EXPECT_GT(taken, 0);
  EXPECT_LE(taken, kRecords);
}

}  // namespace
}  // namespace lapis::gateway
