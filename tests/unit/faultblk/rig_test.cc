#include "support/faultblk/rig.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <future>
#include <limits>
#include <vector>

#include "support/faultblk/commands.h"

namespace lapis::faultblk {
namespace {

constexpr std::size_t kBlock = 4096;
const std::vector<std::byte> kSevens(kBlock, std::byte{7});
const std::vector<std::byte> kZeros(kBlock);

class RigTest : public testing::Test {
 protected:
  std::vector<std::byte> content(std::size_t disk, std::uint64_t offset = 0) {
    std::vector<std::byte> found(kBlock);
    EXPECT_EQ(rig_.read(disk, offset, found), static_cast<int>(kBlock));
    return found;
  }
  void power_cycle() {
    rig_.die();
    rig_.restore();
  }

  Rig rig_{2, 1 << 20, std::numeric_limits<std::uint64_t>::max()};
};

TEST_F(RigTest, AFlushIsOfOneDisk) {
  rig_.write(0, 0, kSevens);
  rig_.write(1, 0, kSevens);
  EXPECT_EQ(rig_.flush(0), 0);
  rig_.cut({CutMode::kDrop, 1});
  power_cycle();
  EXPECT_EQ(content(0), kSevens);
  EXPECT_EQ(content(1), kZeros);
}

TEST_F(RigTest, ALyingFlushKeepsNothing) {
  rig_.lie_about_flushes(true);
  rig_.write(0, 0, kSevens);
  EXPECT_EQ(rig_.flush(0), 0);
  rig_.cut({CutMode::kDrop, 1});
  power_cycle();
  EXPECT_EQ(content(0), kZeros);
}

TEST_F(RigTest, RequestsHangFromTheNthWriteUntilTheDiskIsGone) {
  rig_.cut_at_write(2, {CutMode::kDrop, 1});
  EXPECT_EQ(rig_.write(0, 0, kSevens), static_cast<int>(kBlock));
  auto cut = std::async(std::launch::async, [this] { return rig_.write(1, 0, kSevens); });
  while (rig_.status().find("power=off") == std::string::npos) std::this_thread::yield();
  auto read = std::async(std::launch::async, [this] {
    std::vector<std::byte> found(kBlock);
    return rig_.read(0, 0, found);
  });
  EXPECT_EQ(cut.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(read.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  rig_.die();
  EXPECT_EQ(cut.get(), -EIO);
  EXPECT_EQ(read.get(), -EIO);
  EXPECT_EQ(rig_.flush(0), -EIO);
  rig_.restore();
  EXPECT_EQ(content(0), kZeros);
}

TEST_F(RigTest, FailuresKeepToTheirRangeAndKind) {
  EXPECT_EQ(execute(rig_, "range 4096 8192"), "ok");
  EXPECT_EQ(execute(rig_, "eio write 1"), "ok");
  EXPECT_EQ(rig_.write(0, 0, kSevens), static_cast<int>(kBlock));
  EXPECT_EQ(rig_.write(0, 4096, kSevens), -EIO);
  EXPECT_EQ(content(0, 4096), kZeros);
  EXPECT_EQ(rig_.flush(0), 0);
  EXPECT_EQ(execute(rig_, "eio flush 1"), "ok");
  EXPECT_EQ(rig_.flush(0), -EIO);
}

TEST_F(RigTest, NothingIsWrittenBeyondTheEnd) {
  EXPECT_EQ(rig_.write(0, (1 << 20) - 1, kSevens), -ENOSPC);
  EXPECT_EQ(rig_.write_zeros(0, 1 << 20, 1), -ENOSPC);
}

TEST_F(RigTest, CommandsAreChecked) {
  for (const char* line : {"", "explode", "cut", "cut gently 1", "cutat 0 drop 1", "eio read",
                           "flip 2 0 0", "flip 0 1048576 0", "delay read", "range 1"}) {
    EXPECT_TRUE(execute(rig_, line).starts_with("error")) << line;
  }
  EXPECT_TRUE(execute(rig_, "status").starts_with("power=on reads=0 writes=0"));
}

}  // namespace
}  // namespace lapis::faultblk
