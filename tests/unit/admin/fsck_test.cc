// The whole check on the real stores: nothing is found in what the service made, and every kind of
// row that is taken away is.
#include "lapis/admin/fsck.h"

#include "lapis/blob/ops/delete_container.h"
#include "unit/admin/fsck_fixture.h"

namespace lapis::admin {
namespace {

using nlohmann::json;
using storage::Table;
using test::key_of;
using test::pattern;
using test::run_on;

TEST_F(FsckTest, FindsNothingInAnEmptyStore) {
  const json report = check();
  EXPECT_EQ(report["clean"], true);
  EXPECT_EQ(report["checked"]["containers"], 1);
}

TEST_F(FsckTest, FindsNothingInWhatTheServiceMade) {
  fill();
  const json report = check({.deep = true});
  EXPECT_EQ(sorts(report), Sorts{});
  EXPECT_EQ(report["clean"], true);
  const json& checked = report["checked"];
  EXPECT_EQ(checked["blobs"], 5);
  EXPECT_EQ(checked["uploads"], 1);
  EXPECT_EQ(checked["staged_blocks"], 5);
  EXPECT_EQ(checked["segments"], rows_of(Table::kSegment).size());
  EXPECT_GE(checked["segments"], 1);
  EXPECT_EQ(checked["short_blocks"], 35 + 3 + 2);
  EXPECT_EQ(checked["chunks"], rows_of(Table::kChunk).size());
}

TEST_F(FsckTest, FindsNothingInWhatWaitsToBeFreed) {
  fill();
  remove("chunks");
  put(key_of("inline"), pattern(9'000, 5));
  commit("staged", {"B100", "B103"});
  commit("segments", {"B101", "B102", "B102", "B169"});  // kept, repeated; the rest is dropped
  stage("direct", "B101", pattern(5'000, 9));
  stage("direct", "B101", pattern(5'000, 10));
  put(key_of("direct"), "x");
  make_container("gone");
  put({"acct", "gone", "b"}, pattern(20'000, 6));
  ASSERT_TRUE(
      run_on(one_, [&] { return blob::delete_container(*service_, {{"acct", "gone"}, {}, {}}); }));
  ASSERT_FALSE(rows_of(Table::kRelease).empty());
  json report = check({.deep = true});
  EXPECT_EQ(sorts(report), Sorts{});
  EXPECT_EQ(report["checked"]["deleted_containers"], 1);
  reclaim();
  reclaim();
  report = check({.deep = true});
  EXPECT_EQ(sorts(report), Sorts{});
  EXPECT_EQ(report["checked"]["release_entries"], 0);
  EXPECT_EQ(report["checked"]["deleted_containers"], 0);
}

// Of a container that is kept after its deletion everything is as of one that lives.
TEST_F(FsckTest, KnowsContainersThatAreKept) {
  keep_containers(7);
  fill();
  take_snapshot("chunks");
  put(key_of("tagged"), "x", {{"k", "v"}});
  ASSERT_TRUE(
      run_on(one_, [&] { return blob::delete_container(*service_, {{"acct", "box"}, {}, {}}); }));
  reclaim();
  reclaim();
  json report = check({.deep = true});
  EXPECT_EQ(sorts(report), Sorts{});
  EXPECT_EQ(report["checked"]["containers"], 0);
  EXPECT_EQ(report["checked"]["kept_containers"], 1);
  EXPECT_EQ(report["checked"]["deleted_containers"], 0);
  EXPECT_EQ(report["checked"]["blobs"], 7);
  EXPECT_EQ(without(rows_of(Table::kChunk).front()), (Sorts{"leaked heat_row", "lost chunk_row"}));
  EXPECT_FALSE(without(rows_of(Table::kTag).front()).empty());
  EXPECT_EQ(without(rows_of(Table::kExpiry).front()), Sorts{"lost expiry_row"});
  // Nothing would ever bring it back, or end it.
  EXPECT_EQ(without(rows_of(Table::kDeletedContainer).front()),
            (Sorts{"leaked container", "leaked expiry_row"}));
  const Sorts stateless = without(rows_of(Table::kContainerState).front());
  EXPECT_EQ(std::ranges::count(stateless, "wrong container_state"), 1);

  // A live name beside it, and a state that is not its.
  const Row kept = rows_of(Table::kDeletedContainer).front();
  const std::string name = blob::container_name_key("acct", "box");
  change([&](storage::MetaView& view) -> Result<void> {
    view.put(name, kept.value);
    return {};
  });
  EXPECT_EQ(sorts(check()), Sorts{"wrong container_state"});
  change([&](storage::MetaView& view) -> Result<void> {
    view.erase(name);
    view.put(kept.key.substr(0, kept.key.size() - 1) + "\xff", kept.value);
    return {};
  });
  EXPECT_EQ(sorts(check()),
            (Sorts{"lost expiry_row", "wrong container_state", "wrong kept_container"}));
}

TEST_F(FsckTest, NamesTheBlobsOfContainersThatAreKept) {
  keep_containers(7);
  put(key_of("b"), pattern(100'000, 1));
  ASSERT_TRUE(
      run_on(one_, [&] { return blob::delete_container(*service_, {{"acct", "box"}, {}, {}}); }));
  const Row chunk = rows_of(Table::kChunk).front();
  change([&](storage::MetaView& view) -> Result<void> {
    view.erase(chunk.key);
    return {};
  });
  const json report = check();
  ASSERT_EQ(report["affected"].size(), 1u);
  EXPECT_EQ(report["affected"][0]["blob"], "b");
  EXPECT_TRUE(
      report["affected"][0]["container"].get<std::string>().starts_with("acct/box (deleted 01"));
}

// An interrupted reclaimer has freed some of what an entry names.
TEST_F(FsckTest, FindsNothingWhereFreeingWasCutOff) {
  fill();
  const auto chunks_before = rows_of(Table::kChunk);
  const auto segments = rows_of(Table::kSegment);
  remove("segments");
  remove("chunks");
  change([&](storage::MetaView& view) -> Result<void> {
    view.erase(chunks_before.front().key);
    view.erase(segments.front().key);
    return {};
  });
  const json report = check();
  // The chunks of the segment that went first are named by nothing: the reclaimer takes them
  // before.
  EXPECT_EQ(report["counts"]["lost"], 0);
}

TEST_F(FsckTest, FindsEachRowThatIsTakenAway) {
  fill();
  for (const Row& row : rows_of(Table::kChunk)) {
    EXPECT_EQ(without(row), (Sorts{"leaked heat_row", "lost chunk_row"}));
  }
  for (const Row& row : rows_of(Table::kHeat)) {
    const bool is_mark = row.key == std::string("\x14\0\0\0\0\0\0\0\0", 9);
    EXPECT_EQ(without(row),
              is_mark ? Sorts{} : (Sorts{"leaked cold_row", "wrong heat_row_missing"}));
  }
  for (const Row& row : rows_of(Table::kCold)) {
    EXPECT_EQ(without(row), Sorts{"wrong cold_row_missing"});
  }
  for (const Row& row : rows_of(Table::kSegment)) {
    const Sorts found = without(row);
    EXPECT_EQ(std::ranges::count(found, "lost segment"), 1);
    EXPECT_EQ(std::ranges::count(found, "leaked chunk_row"), 1);
  }
  for (const Row& row : rows_of(Table::kBlockBytes)) {
    EXPECT_EQ(without(row), Sorts{"lost block_bytes_row"});
  }
  for (const Row& row : rows_of(Table::kStagedBlock)) {
    const bool is_name = blob::parse_staged_key(row.key)->block.empty();
    const Sorts found = without(row);
    EXPECT_EQ(std::ranges::count(found, is_name ? "leaked upload" : "lost staged_blocks"), 1);
    EXPECT_EQ(std::ranges::count(found, "lost upload"), is_name ? 1 : 0);
  }
  // One that was only made ready counts as unfinished.
  std::size_t with_frames = 0;
  for (const Row& row : rows_of(Table::kExtent)) {
    const Sorts found = without(row);
    if (found.empty()) continue;
    EXPECT_EQ(found, (Sorts{"leaked extent_without_row", "lost extent_row"}));
    ++with_frames;
  }
  EXPECT_GE(with_frames, 1u);
  EXPECT_EQ(without(rows_of(Table::kContainerName).front()), Sorts{"leaked container"});
  const Sorts stateless = without(rows_of(Table::kContainerState).front());
  EXPECT_EQ(std::ranges::count(stateless, "wrong container_state"), 1);
  EXPECT_EQ(sorts(check()), Sorts{});
}

TEST_F(FsckTest, FindsEachRowThatIsDamaged) {
  fill();
  for (const Table table : {Table::kBlob, Table::kSegment, Table::kContainerName}) {
    const Row row = rows_of(table).back();
    change([&](storage::MetaView& view) -> Result<void> {
      view.put(row.key, "\xff");
      return {};
    });
    const Sorts found = sorts(check());
    EXPECT_EQ(std::ranges::count(found, "lost row_damaged"), 1) << static_cast<int>(table);
    change([&](storage::MetaView& view) -> Result<void> {
      view.put(row.key, row.value);
      return {};
    });
  }
}

TEST_F(FsckTest, FindsBlobsThatLeaveTheirChunksBehind) {
  put(key_of("b"), pattern(100'000, 1));
  const Row row = rows_of(Table::kBlob).front();
  EXPECT_EQ(without(row), Sorts{"leaked chunk_row"});
}

TEST_F(FsckTest, FindsNothingWhereBodiesAndBlocksAreShared) {
  fill();
  for (const char* name : {"empty", "inline", "chunks"}) take_snapshot(name);
  for (const int blocks : {6, 70}) {
    const std::string name = "shared" + std::to_string(blocks);
    commit_over_snapshot(name, blocks);
    EXPECT_EQ(sorts(check()), Sorts{});
    take_snapshot(name);  // of the body that owns its blocks with another
    put(key_of(name), "short");
    EXPECT_EQ(sorts(check()), Sorts{});
    reclaim();
    EXPECT_EQ(sorts(check()), Sorts{});
    remove_with_snapshots(name);
    EXPECT_EQ(sorts(check()), Sorts{});
    reclaim();
    reclaim();
    EXPECT_EQ(sorts(check()), Sorts{});
    EXPECT_TRUE(rows_of(Table::kBlockOwner).empty());
  }
  commit_over_snapshot("swept", 70);
  ASSERT_TRUE(
      run_on(one_, [&] { return blob::delete_container(*service_, {{"acct", "box"}, {}, {}}); }));
  EXPECT_EQ(sorts(check()), Sorts{});
  reclaim();
  reclaim();
  EXPECT_EQ(sorts(check()), Sorts{});
  for (const Table table : {Table::kBlob, Table::kSharedBody, Table::kBlockOwner, Table::kSegment,
                            Table::kBlockBytes, Table::kChunk}) {
    EXPECT_TRUE(rows_of(table).empty()) << static_cast<int>(table);
  }
}

TEST_F(FsckTest, FindsWhatIsWrongWithSharing) {
  put(key_of("chunks"), pattern(100'000, 1));
  take_snapshot("chunks");
  const Row sharing = rows_of(Table::kSharedBody).front();
  EXPECT_EQ(without(sharing), Sorts{"lost shared_body"});
  const std::vector<Row> states = rows_of(Table::kBlob);
  // The blob counts one snapshot more than there are, and the body a row.
  EXPECT_EQ(without(states.front()), (Sorts{"wrong past_states", "wrong shared_body"}));
  remove_with_snapshots("chunks");
  reclaim();
  reclaim();
  change([&](storage::MetaView& view) -> Result<void> {
    view.put(sharing.key, sharing.value);
    return {};
  });
  EXPECT_EQ(sorts(check()), Sorts{"leaked shared_body"});
  change([&](storage::MetaView& view) -> Result<void> {
    view.erase(sharing.key);
    return {};
  });

  commit_over_snapshot("blocks", 6);
  const std::vector<Row> owners = rows_of(Table::kBlockOwner);
  ASSERT_GE(owners.size(), 4u);
  // Of a chunk or a row of bytes: one that is used by a body which does not own it.
  const std::vector<std::string> found = without(owners.front());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found.front().starts_with("doubled ")) << found.front();
  const auto key = blob::parse_block_owner_key(owners.front().key);
  const std::string stranger = blob::block_owner_key(key->target, blob::BodyId{12'345'678});
  change([&](storage::MetaView& view) -> Result<void> {
    view.put(stranger, {});
    return {};
  });
  EXPECT_EQ(sorts(check()), Sorts{"leaked block_owner"});
}

TEST_F(FsckTest, FindsAChunkOfTwoBlobs) {
  put(key_of("b"), pattern(100'000, 1));
  const Row row = rows_of(Table::kBlob).front();
  const ContainerId box = blob::parse_name_key(row.key)->container;
  change([&](storage::MetaView& view) -> Result<void> {
    view.put(blob::blob_key(box, "copy"), row.value);
    return {};
  });
  const json report = check();
  EXPECT_EQ(sorts(report), Sorts{"doubled chunk_references"});
  const json& finding = report["findings"][0];
  EXPECT_EQ(finding["recorded"], 1);
  EXPECT_EQ(finding["counted"], 2);
  std::vector<std::string> blobs;
  for (const json& user : report["affected"]) {
    EXPECT_EQ(user["container"], "acct/box");
    EXPECT_EQ(user["chunk"], finding["chunk"]);
    blobs.push_back(user["blob"]);
  }
  EXPECT_EQ(blobs, (Sorts{"b", "copy"}));
}

TEST_F(FsckTest, NamesTheBlobsThatAreAffected) {
  fill();
  const auto chunks = rows_of(Table::kChunk);
  change([&](storage::MetaView& view) -> Result<void> {
    for (const Row& row : chunks) view.erase(row.key);
    return {};
  });
  const json report = check();
  EXPECT_EQ(report["sorts"]["lost"]["chunk_row"], chunks.size());
  std::set<std::string> blobs, uncommitted;
  for (const json& user : report["affected"]) {
    (user["uncommitted"].get<bool>() ? uncommitted : blobs).insert(user["blob"]);
  }
  EXPECT_EQ(blobs, (std::set<std::string>{"chunks", "direct", "segments"}));
  EXPECT_EQ(uncommitted, std::set<std::string>{"staged"});
}

TEST_F(FsckTest, ShowsSoManyFindingsAndCountsAll) {
  fill();
  const auto chunks = rows_of(Table::kChunk);
  change([&](storage::MetaView& view) -> Result<void> {
    for (const Row& row : chunks) view.erase(row.key);
    return {};
  });
  const json report = check({.max_shown = 3});
  EXPECT_EQ(report["findings"].size(), 2 * 3u);  // lost rows, and heat rows without theirs
  EXPECT_EQ(report["affected"].size(), 3u);
  EXPECT_EQ(report["affected_count"], chunks.size());
  EXPECT_EQ(report["counts"]["lost"], chunks.size());
}

TEST_F(FsckTest, OfflineRefusesAStoreInUseAndReadsOneThatIsNot) {
  fill();
  const auto in_use = fsck_offline(dir_ / "meta", {}, {}, clock_);
  ASSERT_FALSE(in_use);
  EXPECT_NE(in_use.error().detail.find("in use"), std::string::npos);
  const json online = check({.deep = true});
  close();
  const auto offline = fsck_offline(dir_ / "meta", {}, {.deep = true}, clock_);
  ASSERT_TRUE(offline) << to_string(offline.error());
  EXPECT_EQ((*offline)["clean"], true);
  EXPECT_EQ((*offline)["online"], false);
  EXPECT_EQ((*offline)["checked"]["verified_bytes"], online["checked"]["verified_bytes"]);
  EXPECT_EQ((*offline)["checked"]["chunks"], online["checked"]["chunks"]);
}

TEST_F(FsckTest, OfflineFindsPathsThatWereMoved) {
  fill();
  close();
  std::filesystem::rename(dir_ / "pool", dir_ / "elsewhere");
  EXPECT_EQ(sorts(fsck_offline(dir_ / "meta", {}, {}, clock_).value()), Sorts{"lost path"});
  EXPECT_EQ(sorts(fsck_offline(dir_ / "meta", {dir_ / "elsewhere"}, {}, clock_).value()), Sorts{});
}

TEST_F(FsckTest, OfflineRefusesWhatIsNoStore) {
  EXPECT_FALSE(fsck_offline(dir_ / "nothing", {}, {}, clock_));
  EXPECT_FALSE(fsck_offline(dir_ / "pool", {}, {}, clock_));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "nothing"));
}

}  // namespace
}  // namespace lapis::admin
