// The disk that storage's tests trust has tests of its own.
#include "support/faulty_file_system.h"

#include <gtest/gtest.h>

#include <string>

#include "support/inline_executor.h"

namespace lapis::test {
namespace {

using io::File;
using io::Task;

constexpr io::OpenOptions kNewFile{.create_new = true, .writable = true};

class FaultyFileSystemTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(files_.make_directories("/d")); }

  std::unique_ptr<File> open(const char* path, io::OpenOptions options) {
    return files_.open(path, options).value();
  }
  Result<void> write(File& file, std::uint64_t offset, std::string_view text) {
    return executor_.run_task(file.write_at(offset, as_bytes(text)));
  }
  Result<void> datasync(File& file) { return executor_.run_task(file.datasync()); }
  Result<std::string> read(File& file, std::size_t size) {
    std::string text(size, '?');
    LAPIS_TRY(const std::size_t count,
              executor_.run_task(file.read_at(0, std::as_writable_bytes(std::span(text)))));
    text.resize(count);
    return text;
  }
  std::string content(const char* path) {
    return files_.read_file(path, 1 << 20).value_or("(no such file)");
  }

  FaultyFileSystem files_;
  InlineExecutor executor_;
};

TEST_F(FaultyFileSystemTest, ReadsBackWhatWasWritten) {
  const auto file = open("/d/f", kNewFile);
  ASSERT_TRUE(write(*file, 0, "hello"));
  ASSERT_TRUE(write(*file, 5000, "far"));
  EXPECT_EQ(read(*file, 5).value(), "hello");
  EXPECT_EQ(file->size().value(), 5003u);
  EXPECT_EQ(content("/d/f").substr(4996), std::string(4, '\0') + "far");
}

TEST_F(FaultyFileSystemTest, FailsTheNthWriteAsOftenAsTold) {
  const auto file = open("/d/f", kNewFile);
  files_.fail({.op = FileOp::kWrite, .nth = 3, .times = 2, .error = ENOSPC});
  std::string outcome;
  for (int i = 0; i < 6; ++i) outcome += write(*file, 0, "x") ? '+' : '-';
  EXPECT_EQ(outcome, "++--++");
  EXPECT_EQ(files_.count(FileOp::kWrite), 6u);
}

TEST_F(FaultyFileSystemTest, FaultsCanBeKeptToAPath) {
  const auto good = open("/d/good", kNewFile);
  const auto bad = open("/d/bad", kNewFile);
  files_.fail({.op = FileOp::kRead, .times = kForEver, .path_part = "/bad"});
  EXPECT_TRUE(read(*good, 1));
  EXPECT_FALSE(read(*bad, 1));
}

TEST_F(FaultyFileSystemTest, APowerCutLosesWhatWasNotSynced) {
  auto file = open("/d/f", kNewFile);
  ASSERT_TRUE(files_.sync_directory("/d"));
  ASSERT_TRUE(write(*file, 0, "kept"));
  ASSERT_TRUE(datasync(*file));
  ASSERT_TRUE(write(*file, 0, "LOST"));
  files_.cut_power();
  EXPECT_FALSE(read(*file, 4));
  files_.restore_power();
  EXPECT_FALSE(read(*file, 4)) << "a file opened before the cut is dead";
  EXPECT_EQ(content("/d/f"), "kept");
}

TEST_F(FaultyFileSystemTest, APowerCutLosesANameThatWasNotSynced) {
  auto file = open("/d/f", kNewFile);
  ASSERT_TRUE(write(*file, 0, "x"));
  ASSERT_TRUE(datasync(*file));
  files_.cut_power();
  files_.restore_power();
  EXPECT_FALSE(files_.exists("/d/f").value());
}

TEST_F(FaultyFileSystemTest, APowerCutTearsUnsyncedWritesBySector) {
  auto file = open("/d/f", kNewFile);
  ASSERT_TRUE(file->allocate(64 * 512));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(files_.sync_directory("/d"));
  ASSERT_TRUE(write(*file, 0, std::string(64 * 512, 'x')));
  files_.cut_power();
  files_.restore_power(Unsynced::kSomeSectors);
  const std::string torn = content("/d/f");
  int kept = 0;
  for (std::size_t at = 0; at < torn.size(); at += 512) {
    const std::string sector = torn.substr(at, 512);
    EXPECT_EQ(sector, std::string(512, sector[0]));
    kept += sector[0] == 'x';
  }
  EXPECT_GT(kept, 8);
  EXPECT_LT(kept, 56);
}

// The trap of fsync: the second one succeeds, the data is gone all the same.
TEST_F(FaultyFileSystemTest, ASyncAfterAFailedOneDoesNotSaveTheData) {
  auto file = open("/d/f", kNewFile);
  ASSERT_TRUE(files_.sync_directory("/d"));
  ASSERT_TRUE(write(*file, 0, "data"));
  files_.fail({.op = FileOp::kDatasync});
  EXPECT_FALSE(datasync(*file));
  EXPECT_TRUE(datasync(*file));
  EXPECT_EQ(read(*file, 4).value(), "data");
  files_.cut_power();
  files_.restore_power();
  EXPECT_EQ(content("/d/f"), std::string(4, '\0'));
}

TEST_F(FaultyFileSystemTest, PowerCanBeCutBeforeAnyOperation) {
  auto file = open("/d/f", kNewFile);
  files_.cut_power_at(2);
  EXPECT_TRUE(write(*file, 0, "1"));
  EXPECT_FALSE(write(*file, 0, "2"));
  EXPECT_FALSE(files_.has_power());
  EXPECT_FALSE(files_.replace_file("/d/g", "x"));
}

TEST_F(FaultyFileSystemTest, AReplacedFileIsDurable) {
  ASSERT_TRUE(files_.replace_file("/d/f", "one"));
  ASSERT_TRUE(files_.replace_file("/d/f", "two"));
  files_.fail({.op = FileOp::kReplace});
  EXPECT_FALSE(files_.replace_file("/d/f", "three"));
  files_.cut_power();
  files_.restore_power();
  EXPECT_EQ(content("/d/f"), "two");
}

TEST_F(FaultyFileSystemTest, IsFullAtItsCapacityAndRecovers) {
  files_.set_capacity(10'000);
  const auto big = open("/d/big", kNewFile);
  EXPECT_TRUE(big->allocate(8'000));
  const auto small = open("/d/small", kNewFile);
  const Result<void> refused = small->allocate(4'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientStorage);
  EXPECT_EQ(files_.space("/d").value().available_bytes, 2'000u);
  ASSERT_TRUE(files_.remove("/d/big"));
  EXPECT_TRUE(small->allocate(4'000));
}

TEST_F(FaultyFileSystemTest, ABitFlipsAtRest) {
  ASSERT_TRUE(files_.replace_file("/d/f", "aaaa"));
  files_.flip_bit("/d/f", 9);
  EXPECT_EQ(content("/d/f"), "acaa");
}

TEST_F(FaultyFileSystemTest, ListsFilesAndDirectories) {
  ASSERT_TRUE(files_.make_directories("/d/sub/deep"));
  ASSERT_TRUE(files_.replace_file("/d/f", ""));
  EXPECT_EQ(files_.list("/d").value(), (std::vector<std::string>{"f", "sub"}));
  EXPECT_FALSE(files_.list("/nowhere"));
}

}  // namespace
}  // namespace lapis::test
