#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "lapis/io/file.h"
#include "support/temp_dir.h"

namespace lapis::io {
namespace {

class UringFileSystemTest : public testing::Test {
 protected:
  std::vector<std::string> names() { return files_->list(directory_.path()).value(); }

  test::TempDir directory_;
  std::unique_ptr<FileSystem> files_ = make_uring_file_system();
};

TEST_F(UringFileSystemTest, ReplacesAFileWhole) {
  ASSERT_TRUE(files_->replace_file(directory_ / "f", "a longer first text"));
  ASSERT_TRUE(files_->replace_file(directory_ / "f", "second"));
  EXPECT_EQ(files_->read_file(directory_ / "f", 100).value(), "second");
  EXPECT_EQ(names(), std::vector<std::string>{"f"}) << "no temporary file stays";
}

TEST_F(UringFileSystemTest, AFailedReplaceLeavesNoTrace) {
  ASSERT_TRUE(files_->make_directories(directory_ / "taken" / "by a directory"));
  EXPECT_FALSE(files_->replace_file(directory_ / "taken", "text"));
  EXPECT_FALSE(files_->replace_file(directory_ / "missing" / "f", "text"));
  EXPECT_EQ(names(), std::vector<std::string>{"taken"});
}

TEST_F(UringFileSystemTest, RefusesAFileLargerThanTheReaderAccepts) {
  ASSERT_TRUE(files_->replace_file(directory_ / "f", std::string(10'000, 'x')));
  EXPECT_EQ(files_->read_file(directory_ / "f", 10'000).value().size(), 10'000u);
  EXPECT_FALSE(files_->read_file(directory_ / "f", 9'999));
  EXPECT_FALSE(files_->read_file(directory_ / "missing", 10));
}

TEST_F(UringFileSystemTest, CreateNewRefusesAnExistingFile) {
  const OpenOptions create{.create_new = true, .writable = true, .direct = true};
  EXPECT_TRUE(files_->open(directory_ / "f", create));
  EXPECT_FALSE(files_->open(directory_ / "f", create));
  EXPECT_TRUE(files_->open(directory_ / "f", {.writable = true, .direct = true}));
  EXPECT_FALSE(files_->open(directory_ / "g", {.writable = true}));
}

TEST_F(UringFileSystemTest, FilesAreNotReadableByOthers) {
  ASSERT_TRUE(files_->open(directory_ / "f", {.create_new = true, .writable = true}));
  struct stat status{};
  ASSERT_EQ(::stat((directory_ / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07u, 0u);
}

TEST_F(UringFileSystemTest, AllocateGrowsAndTakesSpace) {
  const auto file = files_->open(directory_ / "f", {.create_new = true, .writable = true}).value();
  ASSERT_TRUE(file->allocate(1 << 20));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(file->size().value(), 1u << 20);
  struct stat status{};
  ASSERT_EQ(::stat((directory_ / "f").c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, 1 << 20);
}

TEST_F(UringFileSystemTest, AllocatingMoreThanAnyDiskFails) {
  const auto file = files_->open(directory_ / "f", {.create_new = true, .writable = true}).value();
  EXPECT_FALSE(file->allocate(1ull << 62));
  EXPECT_FALSE(file->allocate(~0ull));
}

TEST_F(UringFileSystemTest, MakesAllDirectoriesOfAPath) {
  ASSERT_TRUE(files_->make_directories(directory_ / "a" / "b" / "c"));
  ASSERT_TRUE(files_->make_directories(directory_ / "a" / "b" / "c" / ""));
  EXPECT_TRUE(files_->exists(directory_ / "a" / "b" / "c").value());
  ASSERT_TRUE(files_->replace_file(directory_ / "file", ""));
  EXPECT_FALSE(files_->make_directories(directory_ / "file"));
  EXPECT_FALSE(files_->make_directories(directory_ / "file" / "below"));
}

TEST_F(UringFileSystemTest, TellsWhatExists) {
  ASSERT_TRUE(files_->replace_file(directory_ / "f", ""));
  EXPECT_TRUE(files_->exists(directory_ / "f").value());
  EXPECT_FALSE(files_->exists(directory_ / "g").value());
  EXPECT_FALSE(files_->exists(directory_ / "f" / "below").value());
}

TEST_F(UringFileSystemTest, RemovesAndListsByName) {
  for (const char* name : {"b", "a", "c"}) {
    ASSERT_TRUE(files_->replace_file(directory_ / name, name));
  }
  ASSERT_TRUE(files_->remove(directory_ / "b"));
  EXPECT_FALSE(files_->remove(directory_ / "b"));
  ASSERT_TRUE(files_->sync_directory(directory_.path()));
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "c"}));
  EXPECT_FALSE(files_->list(directory_ / "missing"));
}

TEST_F(UringFileSystemTest, KnowsTheSpaceOfADisk) {
  const DiskSpace space = files_->space(directory_.path()).value();
  EXPECT_GT(space.total_bytes, 0u);
  EXPECT_LE(space.available_bytes, space.total_bytes);
  EXPECT_FALSE(files_->space(directory_ / "missing"));
}

}  // namespace
}  // namespace lapis::io
