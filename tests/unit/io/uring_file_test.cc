#include "io/uring_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lapis/io/buffer_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/started.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::io {
namespace {

using test::run_on;
using test::TempDir;
using test::TestShard;

constexpr OpenOptions kNewFile{.create_new = true, .writable = true};
constexpr OpenOptions kNewDirectFile{.create_new = true, .writable = true, .direct = true};

// A byte of a pattern that no shifted or torn copy repeats.
std::byte pattern(std::uint64_t offset) {
  return static_cast<std::byte>((offset * 2654435761u + (offset >> 12)) >> 7);
}

void fill_pattern(std::uint64_t offset, MutableBytes into) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = pattern(offset + i);
}

bool holds_pattern(std::uint64_t offset, Bytes bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != pattern(offset + i)) return false;
  }
  return true;
}

// The claims hold on a disk and on tmpfs, which may refuse O_DIRECT.
struct Place {
  const char* name;
  const char* directory;
};

class UringFileOn : public testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(GetParam().directory)) GTEST_SKIP();
    directory_ = std::make_unique<TempDir>(GetParam().directory);
  }
  std::unique_ptr<File> open(const char* name, OpenOptions options) {
    Result<std::unique_ptr<File>> file = files_->open(*directory_ / name, options);
    EXPECT_TRUE(file.has_value()) << (file ? "" : to_string(file.error()));
    return file ? *std::move(file) : nullptr;
  }

  TestShard shard_;
  std::unique_ptr<FileSystem> files_ = make_uring_file_system();
  std::unique_ptr<TempDir> directory_;
};

INSTANTIATE_TEST_SUITE_P(Places, UringFileOn,
                         testing::Values(Place{"Disk", "/var/tmp"}, Place{"Tmpfs", "/dev/shm"}),
                         [](const auto& place) { return std::string(place.param.name); });

TEST_P(UringFileOn, DirectWritesAreReadBack) {
  const std::unique_ptr<File> file = open("f", kNewDirectFile);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->allocate(4 << 20));
  const auto task = [&]() -> Task<Result<std::size_t>> {
    LAPIS_CO_TRY(Buffer out, co_await shard_->buffers().acquire(BufferPool::kLarge));
    LAPIS_CO_TRY(Buffer in, co_await shard_->buffers().acquire(BufferPool::kLarge));
    for (std::uint64_t offset = 0; offset < 4u << 20; offset += out.size()) {
      fill_pattern(offset, out.bytes());
      LAPIS_CO_TRY_VOID(co_await file->write_at(offset, out.bytes()));
    }
    LAPIS_CO_TRY_VOID(co_await file->datasync());
    std::size_t good = 0;
    for (std::uint64_t offset = 0; offset < 4u << 20; offset += in.size()) {
      LAPIS_CO_TRY(const std::size_t count, co_await file->read_at(offset, in.bytes()));
      if (holds_pattern(offset, in.bytes().first(count))) good += count;
    }
    co_return good;
  };
  const Result<std::size_t> good = run_on(shard_, task);
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(*good, 4u << 20);
}

TEST_P(UringFileOn, ADirectOverwriteIsNotHiddenByTheCache) {
  const std::unique_ptr<File> file = open("f", kNewDirectFile);
  ASSERT_TRUE(file);
  const auto task = [&]() -> Task<Result<int>> {
    LAPIS_CO_TRY(Buffer buffer, co_await shard_->buffers().acquire(1));
    int stale = 0;
    for (int round = 0; round < 50; ++round) {
      const auto value = static_cast<std::byte>(round);
      std::ranges::fill(buffer.bytes(), value);
      LAPIS_CO_TRY_VOID(co_await file->write_at(0, buffer.bytes()));
      std::ranges::fill(buffer.bytes(), std::byte{0xff});
      LAPIS_CO_TRY_VOID(co_await file->read_at(0, buffer.bytes()));
      for (const std::byte seen : buffer.bytes()) stale += seen != value;
    }
    co_return stale;
  };
  const Result<int> stale = run_on(shard_, task);
  ASSERT_TRUE(stale) << to_string(stale.error());
  EXPECT_EQ(*stale, 0);
}

TEST_P(UringFileOn, UncachedReadsSeeWhatWasWrittenThroughTheCache) {
  const std::unique_ptr<File> file = open("f", kNewFile);
  const std::unique_ptr<File> uncached = open("f", {.uncached_reads = true});
  ASSERT_TRUE(file && uncached);
  const auto task = [&]() -> Task<Result<int>> {
    LAPIS_CO_TRY(Buffer buffer, co_await shard_->buffers().acquire(1));
    int stale = 0;
    for (int round = 0; round < 20; ++round) {
      const auto value = static_cast<std::byte>(round);
      std::ranges::fill(buffer.bytes(), value);
      LAPIS_CO_TRY_VOID(co_await file->write_at(0, buffer.bytes()));
      std::ranges::fill(buffer.bytes(), std::byte{0xff});
      LAPIS_CO_TRY_VOID(co_await uncached->read_at(0, buffer.bytes()));
      for (const std::byte seen : buffer.bytes()) stale += seen != value;
    }
    co_return stale;
  };
  const Result<int> stale = run_on(shard_, task);
  ASSERT_TRUE(stale) << to_string(stale.error());
  EXPECT_EQ(*stale, 0);
}

TEST(UringFile, AnUncachedReadLeavesNothingInTheCache) {
  const TempDir directory("/var/tmp");
  const auto path = directory / "f";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  const std::string content(64 * 1024, 'x');
  ASSERT_EQ(::write(fd, content.data(), content.size()), ssize_t(content.size()));
  ASSERT_EQ(::fsync(fd), 0);
  ASSERT_EQ(::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
  const std::unique_ptr<FileSystem> files = make_uring_file_system();
  TestShard shard;
  const auto file = files->open(path, {.uncached_reads = true}).value();
  const auto read = [&]() -> Task<Result<std::string>> {
    LAPIS_CO_TRY(const Buffer buffer, co_await shard->buffers().acquire(content.size()));
    LAPIS_CO_TRY(const std::size_t count, co_await file->read_at(0, buffer.bytes()));
    co_return std::string(as_text(buffer.bytes().first(count)));
  };
  const auto got = run_on(shard, read);
  ASSERT_TRUE(got) << to_string(got.error());
  EXPECT_EQ(*got, content);
  std::string block(4096, ' ');
  iovec into{block.data(), block.size()};
  EXPECT_EQ(::preadv2(fd, &into, 1, 0, RWF_NOWAIT), -1);  // it would have to wait for the disk
  EXPECT_EQ(errno, EAGAIN);
  ::close(fd);
}

TEST_P(UringFileOn, AReadStopsAtTheEndOfTheFile) {
  const std::unique_ptr<File> file = open("f", kNewFile);
  ASSERT_TRUE(file);
  const std::string text = "ten bytes.";
  std::array<std::byte, 64> into{};
  const auto read_from = [&](std::uint64_t offset) {
    return [&, offset]() -> Task<Result<std::size_t>> {
      co_return co_await file->read_at(offset, into);
    };
  };
  const auto write = [&]() -> Task<Result<void>> {
    co_return co_await file->write_at(0, as_bytes(text));
  };
  ASSERT_TRUE(run_on(shard_, write));
  EXPECT_EQ(run_on(shard_, read_from(0)).value(), 10u);
  EXPECT_EQ(as_text(into).substr(0, 10), text);
  EXPECT_EQ(run_on(shard_, read_from(4)).value(), 6u);
  EXPECT_EQ(run_on(shard_, read_from(10)).value(), 0u);
  EXPECT_EQ(run_on(shard_, read_from(1 << 20)).value(), 0u);
  EXPECT_EQ(file->size().value(), 10u);
}

TEST_P(UringFileOn, TenThousandReadsShareARingOfEight) {
  constexpr std::size_t kReads = 10'000;
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kBlocks = 1'000;
  const TestShard shallow(ShardOptions{.ring_depth = 8});
  const std::unique_ptr<File> file = open("f", kNewFile);
  ASSERT_TRUE(file);
  std::vector<std::byte> content(kBlock * kBlocks);
  fill_pattern(0, content);
  std::size_t good = 0;
  const auto read_one = [&](std::size_t i) -> Task<void> {
    std::array<std::byte, kBlock> into{};
    const std::uint64_t offset = i * 7919 % kBlocks * kBlock;
    const Result<std::size_t> count = co_await file->read_at(offset, into);
    good += count && *count == kBlock && holds_pattern(offset, into);
  };
  const auto all = [&]() -> Task<void> {
    const Result<void> written = co_await file->write_at(0, content);
    EXPECT_TRUE(written);
    TaskGroup group;
    for (std::size_t i = 0; i < kReads; ++i) group.spawn(read_one(i));
    co_await group.close();
  };
  run_on(shallow, all);
  EXPECT_EQ(good, kReads);
}

// Each operation ends while the shard sleeps or is about to: a lost wake-up would hang here.
TEST_P(UringFileOn, WakesForEachOfManyLonelyOperations) {
  const std::unique_ptr<File> file = open("f", kNewDirectFile);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->allocate(BufferPool::kSmall));
  const auto task = [&]() -> Task<Result<void>> {
    LAPIS_CO_TRY(const Buffer buffer, co_await shard_->buffers().acquire(1));
    for (int i = 0; i < 300; ++i) {
      LAPIS_CO_TRY_VOID(co_await file->write_at(0, buffer.bytes().first(kIoAlignment)));
      if (i % 10 == 0) LAPIS_CO_TRY_VOID(co_await file->datasync());
    }
    co_return Result<void>{};
  };
  EXPECT_TRUE(run_on(shard_, task));
}

TEST_P(UringFileOn, TwoShardsShareAFile) {
  const TestShard other(ShardOptions{.index = 1});
  const std::unique_ptr<File> file = open("f", kNewFile);
  ASSERT_TRUE(file);
  const auto write = [&]() -> Task<Result<void>> {
    co_return co_await file->write_at(0, as_bytes("shared"));
  };
  std::array<std::byte, 6> into{};
  const auto read = [&]() -> Task<Result<std::size_t>> {
    co_return co_await file->read_at(0, into);
  };
  ASSERT_TRUE(run_on(shard_, write));
  ASSERT_EQ(run_on(other, read).value(), 6u);
  EXPECT_EQ(as_text(into), "shared");
}

TEST_P(UringFileOn, AWriteOverlapsOtherWork) {
  const std::unique_ptr<File> file = open("f", kNewDirectFile);
  ASSERT_TRUE(file);
  const auto task = [&]() -> Task<Result<std::size_t>> {
    LAPIS_CO_TRY(Buffer first, co_await shard_->buffers().acquire(BufferPool::kLarge));
    Buffer second = shard_->buffers().try_acquire(BufferPool::kLarge);
    fill_pattern(0, first.bytes());
    Started<Result<void>> write(file->write_at(0, first.bytes()));
    fill_pattern(first.size(), second.bytes());
    LAPIS_CO_TRY_VOID(co_await write.join());
    LAPIS_CO_TRY_VOID(co_await file->write_at(first.size(), second.bytes()));
    LAPIS_CO_TRY(const std::size_t count, co_await file->read_at(second.size(), first.bytes()));
    co_return holds_pattern(second.size(), first.bytes()) ? count : 0;
  };
  EXPECT_EQ(run_on(shard_, task).value(), BufferPool::kLarge);
}

TEST(UringFile, AWriteToAReadOnlyFileFails) {
  const TempDir directory("/var/tmp");
  const std::unique_ptr<FileSystem> files = make_uring_file_system();
  ASSERT_TRUE(files->replace_file(directory / "f", "x"));
  const std::unique_ptr<File> file = files->open(directory / "f", {}).value();
  TestShard shard;
  const auto write = [&]() -> Task<Result<void>> {
    co_return co_await file->write_at(0, as_bytes("y"));
  };
  const Result<void> outcome = run_on(shard, write);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInternalError);
}

TEST(UringFile, AFullDeviceIsInsufficientStorage) {
  const std::unique_ptr<FileSystem> files = make_uring_file_system();
  const std::unique_ptr<File> full = files->open("/dev/full", {.writable = true}).value();
  TestShard shard;
  const auto write = [&]() -> Task<Result<void>> {
    co_return co_await full->write_at(0, as_bytes("y"));
  };
  const Result<void> outcome = run_on(shard, write);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInsufficientStorage);
}

// The kernel writes what fits under the limit and says so: the rest is tried, and its error counts.
TEST(UringFile, AShortWriteIsContinuedAndNeverSuccess) {
  const TempDir directory("/var/tmp");
  const std::unique_ptr<FileSystem> files = make_uring_file_system();
  const std::unique_ptr<File> file = files->open(directory / "f", kNewFile).value();
  const std::vector<std::byte> data(4 * kIoAlignment);
  TestShard shard;
  const auto write = [&]() -> Task<Result<void>> { co_return co_await file->write_at(0, data); };
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{.rlim_cur = 2 * kIoAlignment, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const Result<void> outcome = run_on(shard, write);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(file->size().value(), 2 * kIoAlignment);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInternalError);
}

TEST(UringFileDeathTest, AnUnalignedDirectWriteIsImpossible) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const TempDir directory("/var/tmp");
  const std::unique_ptr<FileSystem> files = make_uring_file_system();
  const std::unique_ptr<File> file = files->open(directory / "f", kNewDirectFile).value();
  EXPECT_DEATH(
      {
        TestShard shard;
        const auto write = [&]() -> Task<Result<void>> {
          co_return co_await file->write_at(1, as_bytes("x"));
        };
        (void)run_on(shard, write);
      },
      "is_aligned");
}

}  // namespace
}  // namespace lapis::io
