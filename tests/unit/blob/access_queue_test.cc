#include "lapis/blob/access_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace lapis::blob {
namespace {

Timestamp at(std::int64_t ticks) { return Timestamp(Ticks(ticks)); }

AccessedState state(const std::string& name, std::uint64_t etag = 1) {
  return {ContainerId{7}, name, {}, {}, etag};
}

TEST(AccessQueue, OfTwoReadsOfAStateTheFirstCounts) {
  AccessQueue queue;
  queue.note(state("a"), at(20));
  queue.note(state("a"), at(30));
  queue.note(state("b"), at(40));
  queue.note(state("b"), at(10));  // by a shard that was late
  const Accesses taken = queue.take();
  EXPECT_EQ(taken, (Accesses{{state("a"), at(20)}, {state("b"), at(10)}}));
  EXPECT_TRUE(queue.take().empty());
}

TEST(AccessQueue, StatesOfANameAreApart) {
  const ContainerId box{7};
  const AccessedState states[] = {
      {box, "a", {}, {}, 1},    {box, "a", {}, {}, 2},    {box, "a", at(1), {}, 1},
      {box, "a", {}, at(1), 1}, {box, "a", {}, at(2), 1}, {ContainerId{8}, "a", {}, {}, 1},
  };
  AccessQueue queue;
  for (const AccessedState& each : states) queue.note(each, at(5));
  EXPECT_EQ(queue.take().size(), std::size(states));
}

TEST(AccessQueue, WhatDoesNotFitIsDroppedAndCounted) {
  AccessQueue queue(10'000);
  for (int i = 0; i < 1000; ++i) queue.note(state("blob" + std::to_string(i)), at(i));
  const std::uint64_t dropped = queue.dropped();
  EXPECT_GT(dropped, 900u);
  queue.note(state("blob0"), at(7));  // is there
  queue.note(state(std::string(9000, 'x')), at(7));
  EXPECT_EQ(queue.dropped(), dropped + 1);
  EXPECT_EQ(queue.take().size(), 1000 - dropped);
  queue.note(state(std::string(9000, 'x')), at(7));
  EXPECT_EQ(queue.dropped(), dropped + 1) << "there is room again";
  EXPECT_EQ(queue.take().size(), 1u);
}

TEST(AccessQueue, ManyThreadsNoteWhileOneTakes) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  AccessQueue queue;
  std::vector<std::thread> readers;
  for (int thread = 0; thread < kThreads; ++thread) {
    readers.emplace_back([&queue, thread] {
      for (int i = 0; i < kEach; ++i) {
        queue.note(state(std::to_string(i), static_cast<std::uint64_t>(thread)), at(i));
      }
    });
  }
  std::size_t taken = 0;
  while (taken < kThreads * kEach / 2) taken += queue.take().size();
  for (std::thread& reader : readers) reader.join();
  taken += queue.take().size();
  EXPECT_EQ(taken, static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace lapis::blob
