// Opening: a disk that is not what was registered is refused, untouched; so is evidence of commits
// that the metadata has lost.
#include <gtest/gtest.h>

#include <map>

#include "storage/chunk/keys.h"
#include "storage/chunk/path_claims.h"
#include "storage/chunk/path_state.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/superblock.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class OpenStore : public test::StoreFixture {
 protected:
  std::filesystem::path superblock_file() const { return path() / kSuperblockName; }
  Superblock superblock() {
    return *decode_superblock(*files_->read_file(superblock_file(), kMaxSuperblockBytes));
  }
  void put_superblock(const Superblock& changed) {
    EXPECT_TRUE(files_->replace_file(superblock_file(), encode(changed)).has_value());
  }
  // Refused, for a reason that names `word`, and nothing on the disk is changed by it.
  void expect_refused(const ChunkStoreOptions& options, const std::string& word) {
    const std::uint64_t replaced = simulated_.count(test::FileOp::kReplace);
    const std::uint64_t removed = simulated_.count(test::FileOp::kRemove);
    const std::uint64_t written = simulated_.count(test::FileOp::kWrite);
    const std::uint64_t commits = meta_.durable_sequence().value;
    const Result<void> opened = try_open(options);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::kInternalError);
    EXPECT_NE(opened.error().detail.find(word), std::string::npos) << opened.error().detail;
    EXPECT_EQ(simulated_.count(test::FileOp::kReplace), replaced);
    EXPECT_EQ(simulated_.count(test::FileOp::kRemove), removed);
    EXPECT_EQ(simulated_.count(test::FileOp::kWrite), written);
    EXPECT_EQ(meta_.durable_sequence().value, commits);
  }
  void expect_refused(const std::string& word) { expect_refused(options(), word); }
};

TEST_F(OpenStore, FormatsAnEmptyDirectoryOnce) {
  open();
  const Superblock first = superblock();
  EXPECT_EQ(first.store, meta_.uuid().to_string());
  EXPECT_EQ(first.extent_bytes, kExtent);
  EXPECT_EQ(first.generation, 1u);
  reopen();
  EXPECT_EQ(superblock().path, first.path);
  EXPECT_EQ(superblock().id, first.id);
  EXPECT_EQ(superblock().generation, 2u);
}

TEST_F(OpenStore, HasRoomFromTheFirstMoment) {
  for (int i = 0; i < 20; ++i) {
    open();
    EXPECT_TRUE(store_->has_room(1 << 20));
    close();
  }
}

TEST_F(OpenStore, MakesADirectoryThatWasNeverRegistered) {
  ChunkStoreOptions options = this->options();
  options.pools[0].paths = {dir_ / "new"};
  std::filesystem::create_directories(dir_ / "new");
  EXPECT_TRUE(try_open(options).has_value());
}

TEST_F(OpenStore, RefusesADirectoryOfSomethingElse) {
  EXPECT_TRUE(simulated_.replace_file(path() / "thesis.tex", "years of work").has_value());
  expect_refused("not empty");
  EXPECT_EQ(*simulated_.read_file(path() / "thesis.tex", 100), "years of work");
}

TEST_F(OpenStore, RefusesAnotherStoresPath) {
  open();
  close();
  Superblock other = superblock();
  other.store = Guid::make().to_string();
  put_superblock(other);
  expect_refused("another store");
}

TEST_F(OpenStore, StartsWithoutARegisteredPathThatHasNoSuperblock) {
  open();
  close();
  EXPECT_TRUE(simulated_.remove(superblock_file()).has_value());
  open();
  EXPECT_EQ(stats().status, PathStatus::kMissing);
  EXPECT_FALSE(*simulated_.exists(superblock_file()));
}

TEST_F(OpenStore, RefusesAnEmptySuperblock) {
  open();
  close();
  EXPECT_TRUE(simulated_.replace_file(superblock_file(), "").has_value());
  expect_refused("superblock");
}

TEST_F(OpenStore, RefusesANewerFormat) {
  open();
  close();
  std::string text = *simulated_.read_file(superblock_file(), kMaxSuperblockBytes);
  text.replace(text.find("format=1"), 8, "format=9");
  EXPECT_TRUE(simulated_.replace_file(superblock_file(), text).has_value());
  expect_refused("newer");
}

TEST_F(OpenStore, RefusesAnOlderCopyOfThePath) {
  open();
  const Superblock old = superblock();
  reopen();
  close();
  put_superblock(old);
  expect_refused("older copy");
}

TEST_F(OpenStore, RefusesToLeaveARegisteredPathOut) {
  open();
  close();
  ChunkStoreOptions options = this->options();
  options.pools[0].paths = {dir_ / "elsewhere"};
  std::filesystem::create_directories(dir_ / "elsewhere");
  expect_refused(options, "not configured");
  EXPECT_FALSE(*simulated_.exists(dir_ / "elsewhere" / kSuperblockName));
}

TEST_F(OpenStore, RefusesAPathConfiguredTwice) {
  ChunkStoreOptions options = this->options();
  options.pools[0].paths.push_back(path() / ".." / "pool");
  EXPECT_FALSE(try_open(options).has_value());
}

TEST_F(OpenStore, RefusesASecondProcess) {
  open();
  auto second = LocalChunkStore::open(options(), meta_, *files_, {&*shard0_, &*shard1_},
                                      *background_, blocking_, clock_);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().detail.find("in use"), std::string::npos) << second.error().detail;
}

TEST_F(OpenStore, TakesASecondPathAndKeepsTheFirst) {
  open();
  const Chunks chunks = put_ok("on the first");
  close();
  ChunkStoreOptions options = this->options();
  options.pools[0].paths.push_back(dir_ / "more");
  std::filesystem::create_directories(dir_ / "more");
  ASSERT_TRUE(try_open(options).has_value());
  EXPECT_EQ(store_->stats().size(), 2u);
  EXPECT_EQ(*get(chunks), "on the first");
}

TEST_F(OpenStore, RefusesWhenAcknowledgedCommitsWereLost) {
  open();
  const Chunks kept = put_ok("kept");
  crash(test::Unsynced::kKept);
  open();
  const auto rows = meta_.rows().rows();
  const std::uint64_t commits = meta_.durable_sequence().value;
  for (int i = 0; i < 20; ++i) put_ok(test::body_text(1000));
  crash(test::Unsynced::kKept);
  meta_.lose_commits(rows, commits);
  expect_refused("acknowledged commits were lost");

  ChunkStoreOptions accept = options();
  accept.accept_lost_commits = true;
  const std::uint64_t epoch = meta_.epoch();
  const auto opened = try_open(accept);
  ASSERT_TRUE(opened.has_value()) << to_string(opened.error());
  EXPECT_EQ(meta_.epoch(), epoch + 1);
  EXPECT_EQ(*get(kept), "kept");
  const Chunks after = put_ok("after");
  crash(test::Unsynced::kKept);
  open();  // evidence of the epoch before no longer counts
  EXPECT_EQ(*get(kept), "kept");
  EXPECT_EQ(*get(after), "after");
}

TEST_F(OpenStore, RefusesWhenTheExtentsOwnRowsWereLost) {
  const auto rows = meta_.rows().rows();
  open();
  put_ok("in an extent that no row names then");
  crash(test::Unsynced::kKept);
  meta_.lose_commits(rows, 0);
  expect_refused("acknowledged commits were lost");
}

TEST_F(OpenStore, RefusesWhenARecyclingWasLost) {
  open();
  const std::string body = test::body_text(200'000);
  std::vector<Chunks> all;
  for (int i = 0; i < 6; ++i) all.push_back(put_ok(body));
  const auto rows = meta_.rows().rows();
  const std::uint64_t commits = meta_.durable_sequence().value;
  for (const Chunks& chunks : all) EXPECT_TRUE(remove(chunks).has_value());
  ASSERT_TRUE(eventually([&] { return stats().extents_free >= 1; }));
  for (int i = 0; i < 12; ++i) put_ok(body);
  close();
  meta_.lose_commits(rows, commits);
  expect_refused("generation");
}

TEST_F(OpenStore, ChunkIdsAreNeverUsedTwice) {
  open();
  std::map<ChunkId, int> seen;
  for (int start = 0; start < 3; ++start) {
    for (int i = 0; i < 5; ++i) {
      for (const auto& chunk : put_ok("x")) ++seen[chunk.id];
    }
    crash(test::Unsynced::kLost);
    open();
  }
  for (const auto& [id, times] : seen) EXPECT_EQ(times, 1) << id.value;
  EXPECT_EQ(seen.size(), 15u);
}

TEST_F(OpenStore, RemovesWhatAnInterruptedCreationLeft) {
  open();
  close();
  const auto name = extent_file(path(), ExtentId{77});
  EXPECT_TRUE(simulated_.open(name, {.create_new = true, .writable = true}).has_value());
  open();
  EXPECT_FALSE(*simulated_.exists(name));
}

TEST_F(OpenStore, LeavesFilesAloneThatAreNotItsOwn) {
  open();
  close();
  const auto name = extent_file(path(), ExtentId{77});
  const std::string text = test::body_text(8192);
  EXPECT_TRUE(simulated_.replace_file(name, text).has_value());
  EXPECT_TRUE(simulated_.replace_file(path() / "extents" / "README", "hello").has_value());
  open();
  put_ok("more");
  EXPECT_EQ(*simulated_.read_file(name, 10'000), text);
  EXPECT_EQ(*simulated_.read_file(path() / "extents" / "README", 100), "hello");
}

TEST_F(OpenStore, AMissingExtentFailsItsReadersOnly) {
  open();
  const Chunks lost = put_ok(test::body_text(200'000));
  std::vector<Chunks> others;
  for (int i = 0; i < 6; ++i) others.push_back(put_ok(test::body_text(200'000)));
  const auto rows = meta_.rows().rows();
  const Place place = decode_chunk_row(rows.at(chunk_key(lost[0].id)))->places[0];
  close();
  EXPECT_TRUE(simulated_.remove(extent_file(path(), place.extent)).has_value());
  open();
  const auto text = get(lost);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kInternalError);
  EXPECT_TRUE(*get(others.back()) == test::body_text(200'000));
  for (int i = 0; i < 10; ++i) put_ok(test::body_text(200'000));
  EXPECT_FALSE(get(lost).has_value());  // and its id is not given to another extent
}

struct ExtentSize {
  std::uint64_t total;
  std::uint64_t extent;
};

constexpr ExtentSize kExtentSizes[] = {
    {0, 4 << 20},           {1ull << 30, 4 << 20},    {2ull << 30, 8 << 20},
    {3ull << 30, 8 << 20},  {64ull << 30, 256 << 20}, {256ull << 30, 1 << 30},
    {10ull << 40, 1 << 30},
};

TEST(DefaultExtentBytes, FollowThePathsSize) {
  for (const ExtentSize& size : kExtentSizes) {
    EXPECT_EQ(default_extent_bytes(size.total), size.extent) << size.total;
  }
}

}  // namespace
}  // namespace lapis
