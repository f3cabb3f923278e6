// Reading from slow disks: ahead, in long runs, and no more than was asked for.
#include <gtest/gtest.h>

#include "lapis/io/started.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"
#include "support/counting_file_system.h"
#include "support/spindle.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis::test {
namespace {

using storage::kUnitBytes;

constexpr std::uint64_t kMib = 1 << 20;
constexpr std::uint64_t kPiece = io::BufferPool::kLarge;

using Reader = std::unique_ptr<io::BufferSource>;

class SlowRead : public StoreFixture {
 protected:
  SlowRead() { use(spinning_); }
  ~SlowRead() override { close(); }

  // A store of one pool whose chunks have this length.
  void open_on(storage::PoolClass pool_class, std::uint64_t chunk_bytes) {
    extent_bytes_ = 4 * chunk_bytes;
    storage::ChunkStoreOptions options = this->options();
    options.pools[0].pool_class = pool_class;
    options.scrub.enabled = false;  // its reads would be counted
    ASSERT_TRUE(try_open(options).has_value());
  }

  io::Task<Reader> open_reader(Chunks chunks, std::uint64_t offset, std::uint64_t length) {
    auto slices = std::make_unique<ListedSlices>(slices_of(chunks, offset, length));
    auto reader = co_await store_->read(std::move(slices));
    EXPECT_TRUE(reader.has_value());
    co_return std::move(*reader);
  }

  // Reads of files that have begun by the time the first piece is lent.
  std::uint64_t reads_of_first_piece(const Chunks& chunks) {
    const std::uint64_t before = counts_.reads;
    std::uint64_t begun = 0;
    run_on(shard0_, [&]() -> io::Task<void> {
      const Reader reader = co_await open_reader(chunks, 0, ~0ull);
      EXPECT_TRUE((co_await reader->next()).has_value());
      begun = counts_.reads - before;
    });
    return begun;
  }

  FileCounts counts_;
  Spindle spindle_;
  SpindleFileSystem on_disk_{simulated_, path(), spindle_};
  CountingFileSystem spinning_{on_disk_, counts_};
};

// A number of clients on one disk.
class OneDisk : public SlowRead {
 protected:
  static constexpr std::uint64_t kChunk = 8 * kMib;
  static constexpr std::size_t kClients = 16;

  void SetUp() override {
    open_on(storage::PoolClass::kHdd, kChunk);
    const std::string text = body_text(kChunk);
    for (std::size_t i = 0; i < kClients; ++i) bodies_.push_back(put_ok(text));
    spindle_.take_served();
  }

  // Ranges one after the other, from the first byte on.
  io::Task<std::uint64_t> read(Chunks chunks, std::uint64_t range) {
    std::uint64_t bytes = 0;
    for (std::uint64_t at = 0; at < kChunk; at += range) {
      const Reader reader = co_await open_reader(chunks, at, range);
      while (true) {
        const auto lent = co_await reader->next();
        EXPECT_TRUE(lent.has_value());
        if (!lent || lent->empty()) break;
        bytes += lent->size();
      }
    }
    co_return bytes;
  }

  Spindle::Served read_all(std::uint64_t range) {
    std::uint64_t bytes = 0;
    run_on(shard0_, [&]() -> io::Task<void> {
      std::vector<io::Started<std::uint64_t>> clients;
      for (const Chunks& chunks : bodies_) clients.emplace_back(read(chunks, range));
      for (auto& client : clients) bytes += co_await client.join();
    });
    EXPECT_EQ(bytes, kClients * kChunk);
    return spindle_.take_served();
  }

  std::vector<Chunks> bodies_;
};

TEST_F(OneDisk, WholeBodiesAreReadInLongRuns) {
  const Spindle::Served served = read_all(kChunk);
  EXPECT_EQ(served.bytes, kClients * kChunk);
  // One for each four pieces at most; they would be as many as pieces, each read by itself.
  EXPECT_LE(served.seeks, served.requests / 4);
}

TEST_F(OneDisk, ARangeIsReadInOneRun) {
  const Spindle::Served served = read_all(4 * kMib);
  EXPECT_EQ(served.bytes, kClients * kChunk);
  EXPECT_LE(served.seeks, served.requests / 4);
}

TEST_F(SlowRead, APieceIsReadAheadOfFastDisksAndSomeOfSlowOnes) {
  open_on(storage::PoolClass::kFlash, 16 * kMib);
  EXPECT_EQ(reads_of_first_piece(put_ok(body_text(10 * kPiece))), 2u);
  close();
  open_on(storage::PoolClass::kHdd, 16 * kMib);
  EXPECT_EQ(reads_of_first_piece(put_ok(body_text(10 * kPiece))), 5u);
}

TEST_F(SlowRead, HalfOfTheMemoryIsLeftToOthers) {
  open_on(storage::PoolClass::kHdd, 16 * kMib);
  const std::string text = body_text(10 * kPiece);
  const Chunks chunks = put_ok(text);
  std::vector<io::Buffer> taken;
  const auto take_until = [&](std::uint64_t left) {
    run_on(shard0_, [&]() -> io::Task<void> {
      const std::uint64_t budget = shard0_->buffers().stats().budget_bytes;
      while (budget - shard0_->buffers().bytes_in_use() > left) {
        taken.push_back(shard0_->buffers().try_acquire(kPiece));
      }
      co_return;
    });
  };
  take_until(io::ShardOptions().buffer_budget_bytes / 2);
  EXPECT_EQ(reads_of_first_piece(chunks), 2u);
  EXPECT_EQ(get(chunks), text);
  take_until(kPiece);  // one buffer is enough
  EXPECT_EQ(reads_of_first_piece(chunks), 1u);
  EXPECT_EQ(get(chunks), text);
  run_on(shard0_, [&]() -> io::Task<void> {
    taken.clear();
    co_return;
  });
}

struct RangeCase {
  const char* name;
  std::uint64_t offset;
  std::uint64_t length;
  std::uint64_t units;
};

class RangeOfSlowChunk : public SlowRead, public testing::WithParamInterface<RangeCase> {};

TEST_P(RangeOfSlowChunk, ReadsTheUnitsAroundIt) {
  open_on(storage::PoolClass::kHdd, 16 * kMib);
  const std::string text = body_text(16 * kMib);
  const Chunks chunks = put_ok(text);
  ASSERT_EQ(chunks.size(), 1u);
  const std::uint64_t before = counts_.read_bytes;
  const auto& [name, offset, length, units] = GetParam();
  EXPECT_EQ(get_range(chunks, offset, length), text.substr(offset, length));
  EXPECT_EQ(counts_.read_bytes - before, units * kUnitBytes);
}

INSTANTIATE_TEST_SUITE_P(Ranges, RangeOfSlowChunk,
                         testing::Values(RangeCase{"FirstByte", 0, 1, 1},
                                         RangeCase{"LastByte", 16 * kMib - 1, 1, 1},
                                         RangeCase{"InOneUnit", 5 * kMib + 123, 100, 1},
                                         RangeCase{"AcrossTwo", 3 * kUnitBytes - 50, 100, 2},
                                         RangeCase{"OnePiece", 2 * kMib, kMib, 64},
                                         RangeCase{"FourMebibytes", kMib + 1, 4 * kMib, 257}),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_F(SlowRead, WhatIsReadAheadInVainIsLetGo) {
  open_on(storage::PoolClass::kHdd, 16 * kMib);
  const Chunks chunks = put_ok(body_text(10 * kPiece));
  reads_of_first_piece(chunks);  // and leaves
  close();
  run_on(shard0_, [&]() -> io::Task<void> {
    EXPECT_EQ(shard0_->buffers().bytes_in_use(), 0u);
    co_return;
  });
}

TEST_F(SlowRead, WhatIsDamagedFailsInItsTurn) {
  open_on(storage::PoolClass::kHdd, 16 * kMib);
  const std::string text = body_text(10 * kPiece);
  const Chunks chunks = put_ok(text);
  const auto rows = meta_.rows().rows();
  const storage::Place place =
      storage::decode_chunk_row(rows.at(storage::chunk_key(chunks.at(0).id)))->places.at(0);
  const std::uint64_t damaged = place.offset + storage::kFrameHeaderBytes + 3 * kPiece + 17;
  simulated_.flip_bit(storage::extent_file(path(), place.extent), damaged * 8);
  std::string got;
  run_on(shard0_, [&]() -> io::Task<void> {
    const Reader reader = co_await open_reader(chunks, 0, ~0ull);
    for (int i = 0; i < 3; ++i) {
      const auto lent = co_await reader->next();
      EXPECT_TRUE(lent.has_value());
      if (lent) got += as_text(*lent);
    }
    for (int i = 0; i < 2; ++i) {
      const auto lent = co_await reader->next();
      EXPECT_FALSE(lent.has_value());
      if (!lent) EXPECT_EQ(lent.error().code, ErrorCode::kInternalError);
    }
  });
  EXPECT_EQ(got, text.substr(0, 3 * kPiece));
}

}  // namespace
}  // namespace lapis::test
