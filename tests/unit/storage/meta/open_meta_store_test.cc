// Which directories are opened, which are refused, and that a refused one stays as it was.
#include "storage/meta/open_meta_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>

#include "lapis/base/bytes.h"
#include "storage/meta/meta_superblock.h"
#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every file below `directory` and what it holds.
std::map<std::string, std::string> contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    files[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path()) : "(other)";
  }
  return files;
}

class OpenMetaStore : public testing::Test {
 protected:
  Result<std::unique_ptr<LocalMetaStore>> open() { return LocalMetaStore::open(options(), pool_); }
  MetaStoreOptions options() const {
    MetaStoreOptions options;
    options.directory = path_;
    options.min_free_bytes = 0;
    return options;
  }
  // Makes a store and closes it.
  void create() { ASSERT_TRUE(open()); }
  void expect_refused(std::string_view reason) {
    const auto before = contents(path_);
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kInternalError);
    EXPECT_NE(opened.error().detail.find(reason), std::string::npos) << opened.error().detail;
    EXPECT_EQ(contents(path_), before);
  }

  std::unique_ptr<rocksdb::DB> database() {
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open({}, (path_ / "db").string(), &db).ok());
    return std::unique_ptr<rocksdb::DB>(db);
  }
  void write_format_row(std::uint32_t format) {
    std::array<std::byte, 4> value;
    store_le(value, 0, format);
    rocksdb::WriteOptions durable;
    durable.sync = true;
    EXPECT_TRUE(database()
                    ->Put(durable,
                          "\x01"
                          "format",
                          as_text(value))
                    .ok());
  }
  std::uint32_t format_row() {
    std::string value;
    EXPECT_TRUE(database()
                    ->Get({},
                          "\x01"
                          "format",
                          &value)
                    .ok());
    return load_le<std::uint32_t>(as_bytes(value));
  }

  test::TempDir directory_;
  const fs::path path_ = directory_ / "meta";
  io::BlockingPool pool_{1, 10};
};

TEST_F(OpenMetaStore, AnAbsentDirectoryIsCreated) {
  create();
  EXPECT_TRUE(fs::exists(path_ / "lapis.meta"));
  EXPECT_TRUE(open());
}

TEST_F(OpenMetaStore, AnEmptyDirectoryIsTaken) {
  fs::create_directory(path_);
  EXPECT_TRUE(open());
}

TEST_F(OpenMetaStore, TheRootOfAFreshFileSystemIsTaken) {
  fs::create_directories(path_ / "lost+found");
  EXPECT_TRUE(open());
}

TEST_F(OpenMetaStore, AForeignDirectoryIsRefused) {
  fs::create_directory(path_);
  write_file(path_ / "thesis.tex", "years of work");
  expect_refused("no metadata of Lapis");
}

TEST_F(OpenMetaStore, ADatabaseWithoutASuperblockIsForeign) {
  create();
  fs::remove(path_ / "lapis.meta");
  expect_refused("no metadata of Lapis");
}

TEST_F(OpenMetaStore, AnotherProgramsSuperblockIsRefused) {
  fs::create_directory(path_);
  write_file(path_ / "lapis.lock", "");
  write_file(path_ / "lapis.meta", "something else");
  expect_refused("not a metadata superblock");
}

TEST_F(OpenMetaStore, ANewerFormatIsRefused) {
  create();
  write_file(path_ / "lapis.meta", "lapis-meta-store\nformat 3\nuuid x\n");
  expect_refused("format 3");
}

// A store of format 1 is read, and of format 2 from then on, wherever raising it was cut off.
TEST_F(OpenMetaStore, AnOlderFormatIsRaised) {
  create();
  const std::string raised = read_file(path_ / "lapis.meta");
  EXPECT_NE(raised.find("format 2\n"), std::string::npos);
  MetaSuperblock older = *decode_meta_superblock(raised);
  older.format = 1;
  for (const bool superblock_is_older : {true, false}) {
    if (superblock_is_older) write_file(path_ / "lapis.meta", encode_meta_superblock(older));
    write_format_row(1);
    EXPECT_EQ(format_row(), 1u);
    ASSERT_TRUE(open());
    EXPECT_EQ(read_file(path_ / "lapis.meta"), raised);
    EXPECT_EQ(format_row(), 2u);
  }
}

TEST_F(OpenMetaStore, ANewerFormatOfItsRowsIsRefused) {
  create();
  write_format_row(3);
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("format 3"), std::string::npos);
}

TEST_F(OpenMetaStore, ADamagedSuperblockIsRefused) {
  create();
  std::string text = read_file(path_ / "lapis.meta");
  text[40] = static_cast<char>(text[40] ^ 1);
  write_file(path_ / "lapis.meta", text);
  expect_refused("damaged");
}

// It held acknowledged commits: never quietly begun anew.
TEST_F(OpenMetaStore, ALostDatabaseIsRefused) {
  create();
  fs::remove_all(path_ / "db");
  expect_refused("no database");
}

TEST_F(OpenMetaStore, TheDatabaseOfAnotherStoreIsRefused) {
  create();
  MetaSuperblock other{.uuid = Guid::make(), .is_ready = true};
  write_file(path_ / "lapis.meta", encode_meta_superblock(other));
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("another store"), std::string::npos);
}

TEST_F(OpenMetaStore, AnOpenStoreIsRefused) {
  const auto first = open();
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("in use"), std::string::npos);
}

TEST_F(OpenMetaStore, AStoreOpenInAnotherProcessIsRefused) {
  create();
  int locked[2];
  int finish[2];
  ASSERT_EQ(::pipe2(locked, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(finish, O_CLOEXEC), 0);
  const std::string lock_file = (path_ / "lapis.lock").string();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // Only calls that are safe after a fork: it holds the lock until the pipe closes.
    const int fd = ::open(lock_file.c_str(), O_RDWR);
    char byte = ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 'y' : 'n';
    ::close(finish[1]);
    (void)!::write(locked[1], &byte, 1);
    (void)!::read(finish[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(locked[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  expect_refused("in use");
  for (const int fd : {locked[0], locked[1], finish[0], finish[1]}) ::close(fd);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(open());
}

TEST_F(OpenMetaStore, AnInterruptedCreationIsFinished) {
  fs::create_directories(path_ / "db");
  write_file(path_ / "db" / "CURRENT", "half a name");
  write_file(path_ / "lapis.lock", "");
  const MetaSuperblock creating{.uuid = Guid::make(), .is_ready = false};
  write_file(path_ / "lapis.meta", encode_meta_superblock(creating));
  auto opened = open();
  ASSERT_TRUE(opened) << to_string(opened.error());
  EXPECT_EQ((*opened)->uuid(), creating.uuid);
  opened->reset();
  EXPECT_TRUE(open());
}

TEST_F(OpenMetaStore, ACreationThatEndedBeforeItsSuperblockIsBegunAgain) {
  fs::create_directories(path_);
  write_file(path_ / "lapis.lock", "");
  write_file(path_ / "lapis.meta.tmp", "half a superbl");
  EXPECT_TRUE(open());
}

}  // namespace
}  // namespace lapis::storage
