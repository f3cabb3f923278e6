#include "io/post_queue.h"

#include <gtest/gtest.h>

namespace lapis::io {
namespace {

TEST(PostQueue, OnlyTheFirstOfAGroupNeedsAWakeUp) {
  PostQueue queue;
  EXPECT_TRUE(queue.push([] {}));
  EXPECT_FALSE(queue.push([] {}));
  EXPECT_FALSE(queue.push([] {}));
  EXPECT_EQ(queue.take().size(), 3u);
  EXPECT_TRUE(queue.take().empty());
  EXPECT_TRUE(queue.push([] {})) << "the owner may sleep again after take";
}

TEST(PostQueue, KeepsTheOrder) {
  PostQueue queue;
  std::vector<int> seen;
  for (int i = 0; i < 3; ++i) queue.push([&seen, i] { seen.push_back(i); });
  for (Work& work : queue.take()) work();
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2}));
}

TEST(PostQueue, AClosedOneWantsNoWakeUpAndRunsNothing) {
  PostQueue queue;
  queue.push([] {});
  EXPECT_EQ(queue.close().size(), 1u);
  EXPECT_FALSE(queue.push([] {}));
  EXPECT_TRUE(queue.close().empty());
}

}  // namespace
}  // namespace lapis::io
