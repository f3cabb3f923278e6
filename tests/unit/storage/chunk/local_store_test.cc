// Bodies through a local store, on a simulated disk.
#include <gtest/gtest.h>

#include "lapis/base/crc64.h"
#include "storage/chunk/frame.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class LocalStoreTest : public test::StoreFixture {};

constexpr std::uint64_t kSizes[] = {
    1,      2,       4095,    4096,    4097,      kUnitBytes - 1, kUnitBytes, kUnitBytes + 1,
    65'000, 262'143, 262'144, 262'145, 1'048'575, 1'048'576,      1'048'577,  3'000'000};

TEST_F(LocalStoreTest, ReturnsWhatWasWritten) {
  open();
  std::vector<Chunks> stored;
  for (const std::uint64_t size : kSizes) stored.push_back(put_ok(test::body_text(size, size)));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const auto text = get(stored[i]);
    ASSERT_TRUE(text.has_value()) << kSizes[i];
    EXPECT_EQ(*text, test::body_text(kSizes[i], kSizes[i])) << kSizes[i];
  }
}

TEST_F(LocalStoreTest, StreamsChunksLongerThanABuffer) {
  extent_bytes_ = 64 << 20;
  open();
  const std::uint64_t buffer = io::BufferPool::kLarge;
  const std::uint64_t max = kMaxChunkLength;
  for (const std::uint64_t size : {buffer - 400, buffer - kFrameHeaderBytes, buffer, buffer + 1,
                                   2 * buffer - kFrameHeaderBytes - 8, 5 * buffer, max, max + 1}) {
    const std::string body = test::body_text(size, size);
    const auto chunks = put(body, 300'000);
    ASSERT_TRUE(chunks.has_value()) << size << to_string(chunks.error());
    EXPECT_EQ(chunks->size(), size > max ? 2u : 1u);
    const auto text = get(*chunks);
    ASSERT_TRUE(text.has_value()) << size;
    EXPECT_TRUE(*text == body) << size;
  }
}

TEST_F(LocalStoreTest, ReturnsEveryRange) {
  open();
  const std::string body = test::body_text(700'000);
  const Chunks chunks = put_ok(body);
  ASSERT_GT(chunks.size(), 1u);
  const std::uint64_t chunk = chunks[0].length;
  std::vector<std::uint64_t> borders = {
      0,         1,     kUnitBytes - 1, kUnitBytes, kUnitBytes + 1, 2 * kUnitBytes,
      chunk - 1, chunk, chunk + 1,      body.size()};
  for (const std::uint64_t first : borders) {
    for (const std::uint64_t last : borders) {
      if (first >= last) continue;
      const auto text = get_range(chunks, first, last - first);
      ASSERT_TRUE(text.has_value()) << first << ".." << last;
      EXPECT_TRUE(*text == body.substr(first, last - first)) << first << ".." << last;
    }
  }
}

TEST_F(LocalStoreTest, TellsLengthAndChecksum) {
  open();
  const std::string text = test::body_text(700'001);
  test::run_on(shard0_, [&]() -> io::Task<void> {
    test::TextBody source(text);
    auto stored = co_await store_->write({}, source, text.size(), nullptr);
    EXPECT_TRUE(stored.has_value());
    if (!stored) co_return;
    EXPECT_EQ((*stored)->length(), text.size());
    EXPECT_EQ((*stored)->crc64(), crc64(as_bytes(text)));
  });
}

TEST_F(LocalStoreTest, ManyWritersAtOnceKeepTheirBytes) {
  open();
  constexpr std::size_t kWriters = 64;
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < kWriters; ++i) bodies.push_back(test::body_text(5'000 + 977 * i, i));
  std::vector<Chunks> stored(kWriters);
  for (io::Shard* shard : {&*shard0_, &*shard1_}) {
    test::run_on(*shard, [&]() -> io::Task<void> {
      auto calls = this->calls();
      auto write = [&](std::size_t i) -> io::Task<void> {
        auto chunks = co_await calls.put(bodies[i]);
        EXPECT_TRUE(chunks.has_value()) << to_string(chunks.error());
        if (chunks) stored[i] = *chunks;
      };
      io::TaskGroup group;
      for (std::size_t i = shard->index(); i < kWriters; i += 2) (void)group.spawn(write(i));
      co_await group.close();
    });
  }
  for (std::size_t i = 0; i < kWriters; ++i) {
    const auto text = get(stored[i]);
    ASSERT_TRUE(text.has_value());
    EXPECT_TRUE(*text == bodies[i]);
  }
}

TEST_F(LocalStoreTest, SyncsAreShared) {
  open();
  put_ok("warm");
  const std::uint64_t before = simulated_.count(test::FileOp::kDatasync);
  constexpr std::size_t kWriters = 64;
  const std::string body = test::body_text(5'000);
  test::run_on(shard0_, [&]() -> io::Task<void> {
    auto calls = this->calls();
    auto write = [&]() -> io::Task<void> {
      auto chunks = co_await calls.put(body);
      EXPECT_TRUE(chunks.has_value());
    };
    io::TaskGroup group;
    for (std::size_t i = 0; i < kWriters; ++i) (void)group.spawn(write());
    co_await group.close();
  });
  EXPECT_LE(simulated_.count(test::FileOp::kDatasync) - before, kWriters / 4);
}

TEST_F(LocalStoreTest, KeepsEverythingOverARestart) {
  open();
  std::vector<Chunks> stored;
  for (const std::uint64_t size : kSizes) stored.push_back(put_ok(test::body_text(size, size)));
  reopen();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const auto text = get(stored[i]);
    ASSERT_TRUE(text.has_value()) << kSizes[i];
    EXPECT_TRUE(*text == test::body_text(kSizes[i], kSizes[i]));
  }
  put_ok("and takes more");
}

TEST_F(LocalStoreTest, AVanishedClientIsItsOwnErrorAndLeavesNothing) {
  open();
  const std::string text = test::body_text(2'000'000);
  const auto stored = test::run_on(shard0_, [&]() -> io::Task<Result<Chunks>> {
    test::TextBody source(text, 40'000, 1'500'000);
    auto body = co_await store_->write({}, source, text.size(), nullptr);
    if (!body) co_return fail(body.error());
    co_return (*body)->chunks();
  });
  ASSERT_FALSE(stored.has_value());
  EXPECT_EQ(stored.error().code, ErrorCode::kRequestTimeout);
  EXPECT_EQ(stats().live_bytes, 0u);
}

TEST_F(LocalStoreTest, AChunkWithoutARowIsAnError) {
  open();
  const auto text = get({{ChunkId{99}, 10}});
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kInternalError);
}

TEST_F(LocalStoreTest, AReleasedChunkIsGoneAndReleasingAgainIsHarmless) {
  open();
  const Chunks chunks = put_ok(test::body_text(10'000));
  EXPECT_GT(stats().live_bytes, 0u);
  EXPECT_TRUE(remove(chunks).has_value());
  EXPECT_EQ(stats().live_bytes, 0u);
  EXPECT_TRUE(remove(chunks).has_value());
  EXPECT_EQ(stats().live_bytes, 0u);
  EXPECT_FALSE(get(chunks).has_value());
}

}  // namespace
}  // namespace lapis
