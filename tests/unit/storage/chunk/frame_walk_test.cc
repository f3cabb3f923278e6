#include "storage/chunk/frame_walk.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/test_shard.h"

namespace lapis::storage {
namespace {

constexpr std::uint64_t kBytes = 1 << 20;

// An extent in memory.
class MemoryFile final : public io::File {
 public:
  io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
    if (fails) co_return fail(ErrorCode::kInternalError, "cannot read");
    const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    std::ranges::copy(Bytes(bytes).subspan(offset, count), into.begin());
    co_return count;
  }
  io::Task<Result<void>> write_at(std::uint64_t, Bytes) override { co_return Result<void>{}; }
  io::Task<Result<void>> datasync() override { co_return Result<void>{}; }
  Result<std::uint64_t> size() override { return bytes.size(); }
  Result<void> allocate(std::uint64_t) override { return {}; }
  Result<void> sync() override { return {}; }

  std::vector<std::byte> bytes = std::vector<std::byte>(kBytes);
  bool fails = false;
};

class FrameWalkTest : public testing::Test {
 protected:
  FrameHeader header(std::uint64_t chunk, std::uint64_t offset, std::uint64_t payload) const {
    FrameHeader header;
    header.chunk = ChunkId{chunk};
    header.payload_length = payload;
    header.place = {expected_.path, expected_.extent, expected_.generation, offset};
    header.store = expected_.store;
    return header;
  }
  // Puts the header at `at`, wherever it says that it is.
  void put(const FrameHeader& header, std::uint64_t at) {
    encode_frame_header(header, MutableBytes(file_.bytes).subspan(at, kFrameHeaderBytes));
  }
  void put(std::uint64_t chunk, std::uint64_t offset, std::uint64_t payload) {
    put(header(chunk, offset, payload), offset);
  }
  Result<std::vector<std::uint64_t>> walk() {
    return test::run_on(shard_, [&]() -> io::Task<Result<std::vector<std::uint64_t>>> {
      LAPIS_CO_TRY(io::Buffer buffer, co_await shard_->buffers().acquire(io::BufferPool::kSmall));
      FrameWalk walk(file_, expected_, std::move(buffer));
      std::vector<std::uint64_t> chunks;
      while (true) {
        LAPIS_CO_TRY(const auto frame, co_await walk.next());
        if (!frame) co_return chunks;
        chunks.push_back(frame->chunk.value);
      }
    });
  }

  const FrameWalk::Expected expected_{Guid::make(), PathId{1}, ExtentId{2}, 3, kBytes};
  test::TestShard shard_;
  MemoryFile file_;
};

using Found = std::vector<std::uint64_t>;

TEST_F(FrameWalkTest, FindsNothingInABlankExtent) { EXPECT_EQ(*walk(), Found{}); }

TEST_F(FrameWalkTest, FindsFramesBackToBackAndBeyondHoles) {
  put(1, 4096, 100);
  put(2, 8192, 100'000);
  const std::uint64_t behind = 8192 + frame_bytes(100'000, kUnitBytes);
  put(3, behind, 1);
  put(4, behind + 200 * 4096ull, 1);
  EXPECT_EQ(*walk(), (Found{1, 2, 3, 4}));
}

TEST_F(FrameWalkTest, FindsAFrameInTheLastBlock) {
  put(9, kBytes - 4096, 1);
  EXPECT_EQ(*walk(), Found{9});
}

TEST_F(FrameWalkTest, DoesNotLookInsideAFrame) {
  put(1, 4096, 100'000);
  put(2, 8192, 100);  // what a client wrote as its body
  EXPECT_EQ(*walk(), Found{1});
}

TEST_F(FrameWalkTest, PassesOverWhatIsNotOfThisLife) {
  FrameHeader other = header(1, 4096, 100);
  other.place.generation -= 1;
  put(other, 4096);
  other = header(2, 8192, 100);
  other.place.extent.value += 1;
  put(other, 8192);
  other = header(3, 12'288, 100);
  other.store = Guid::make();
  put(other, 12'288);
  put(header(4, 4096, 100), 16'384);                // misdirected
  put(header(5, 20'480, kMaxChunkLength), 20'480);  // longer than the extent
  put(6, 24'576, 100);
  EXPECT_EQ(*walk(), Found{6});
}

TEST_F(FrameWalkTest, AnUnreadableExtentIsAnErrorNotAnEnd) {
  put(1, 4096, 100);
  file_.fails = true;
  EXPECT_FALSE(walk().has_value());
}

}  // namespace
}  // namespace lapis::storage
