#include "lapis/io/frame_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace lapis::io {
namespace {

constexpr std::size_t kSizes[] = {1, 63, 64, 65, 128, 1000, 3072, 3073, 100'000};

TEST(FramePool, FramesHoldWhatTheyAreAskedForAndDoNotOverlap) {
  std::vector<std::pair<unsigned char*, std::size_t>> frames;
  for (int round = 0; round < 200; ++round) {
    for (const std::size_t size : kSizes) {
      auto* const frame = static_cast<unsigned char*>(allocate_frame(size));
      std::memset(frame, static_cast<int>(frames.size() % 251), size);
      frames.emplace_back(frame, size);
    }
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto [frame, size] = frames[i];
    EXPECT_EQ(frame[0], i % 251);
    EXPECT_EQ(frame[size - 1], i % 251);
    free_frame(frame, size);
  }
}

TEST(FramePool, FrameMayEndOnAnotherThread) {
  void* const frame = allocate_frame(500);
  std::thread([frame] {
    free_frame(frame, 500);
    free_frame(allocate_frame(500), 500);
  }).join();
  free_frame(allocate_frame(500), 500);
}

}  // namespace
}  // namespace lapis::io
