#include "storage/meta/first_rows.h"

#include <gtest/gtest.h>
#include <rocksdb/statistics.h>

#include <map>
#include <random>

#include "lapis/storage/tables.h"
#include "unit/storage/meta/meta_harness.h"

namespace lapis::storage {
namespace {

// A key of the index of the coldest: of path 7, or another.
std::string cold(std::string_view rest, char path = 7) {
  std::string key(5, '\0');
  key[0] = static_cast<char>(Table::kCold);
  key[4] = path;
  return key + std::string(rest);
}

Overlay put(std::string_view key) {
  Overlay written;
  written.put(key, "");
  return written;
}

TEST(FirstRows, AScanBeginsWhereTheLastOneFoundTheFirstRow) {
  FirstRows rows;
  EXPECT_EQ(rows.begin(cold(""), 10), cold(""));
  rows.found(cold(""), cold("f"), 10);
  EXPECT_EQ(rows.begin(cold(""), 10), cold("f"));
  EXPECT_EQ(rows.begin(cold("k"), 10), cold("k"));
  EXPECT_EQ(rows.begin(cold("", 8), 10), cold("", 8));  // another queue
}

TEST(FirstRows, AnOlderSnapshotMayHoldMore) {
  FirstRows rows;
  rows.begin(cold(""), 10);
  rows.found(cold(""), cold("f"), 10);
  EXPECT_EQ(rows.begin(cold(""), 9), cold(""));
}

TEST(FirstRows, WhatIsPutBeforeTheFrontIsTheFront) {
  FirstRows rows;
  rows.begin(cold(""), 10);
  rows.found(cold(""), cold("f"), 10);
  rows.note(put(cold("g")), 11);
  EXPECT_EQ(rows.begin(cold(""), 11), cold("f"));
  rows.note(put(cold("c")), 12);
  EXPECT_EQ(rows.begin(cold(""), 12), cold("c"));
}

TEST(FirstRows, WhatIsPutDuringAScanIsNotSteppedOver) {
  FirstRows rows;
  rows.begin(cold(""), 10);
  rows.note(put(cold("c")), 11);
  rows.found(cold(""), cold("f"), 10);  // its snapshot is of before
  EXPECT_EQ(rows.begin(cold(""), 11), cold("c"));
}

TEST(FirstRows, ASnapshotOfBeforeItWasWatchedTellsNothing) {
  FirstRows rows;
  rows.note(put(cold("c")), 11);
  rows.begin(cold(""), 10);
  rows.found(cold(""), cold("f"), 10);
  EXPECT_EQ(rows.begin(cold(""), 11), cold(""));
}

TEST(FirstRows, AScanFromFurtherOnTellsNothingOfWhatLiesBefore) {
  FirstRows rows;
  rows.begin(cold("k"), 10);
  rows.found(cold("k"), cold("m"), 10);
  EXPECT_EQ(rows.begin(cold(""), 10), cold(""));
}

TEST(FirstRows, WhatWaitsToBeReleasedIsOneQueue) {
  FirstRows rows;
  const std::string table(1, static_cast<char>(Table::kRelease));
  rows.begin(table, 10);
  rows.found(table, table + "f", 10);
  EXPECT_EQ(rows.begin(table, 10), table + "f");
  rows.note(put(table + "c"), 11);
  EXPECT_EQ(rows.begin(table, 11), table + "c");
}

TEST(FirstRows, OtherTablesAreNoQueues) {
  FirstRows rows;
  const std::string blobs(6, static_cast<char>(Table::kBlob));
  rows.begin(blobs, 10);
  rows.found(blobs, blobs + "x", 10);
  EXPECT_EQ(rows.begin(blobs, 10), blobs);
}

// Snapshots of all ages see what a model sees, whatever was put and erased meanwhile.
TEST(FirstRows, ScansSeeWhatIsThere) {
  using Keys = std::map<std::string, std::string>;
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  LocalHarness meta;
  Keys now;
  std::vector<std::pair<std::unique_ptr<MetaSnapshot>, Keys>> snapshots;
  for (int turn = 0; turn < 500; ++turn) {
    const auto done = meta.transact([&](MetaView& view) -> Result<void> {
      for (int i = 0; i < 3; ++i) {
        const std::string key = cold(std::to_string(100 + random() % 300));
        view.put(key, "");
        now[key] = "";
      }
      for (int i = 0; i < 4 && !now.empty(); ++i) {  // from the front, mostly
        const auto it = random() % 4 != 0 ? now.begin() : std::prev(now.end());
        view.erase(it->first);
        now.erase(it);
      }
      return {};
    });
    ASSERT_TRUE(done.has_value());
    if (random() % 2 == 0) snapshots.emplace_back(meta.store().snapshot(), now);
    if (snapshots.empty()) continue;
    const std::size_t which = random() % snapshots.size();
    const auto& [snapshot, expected] = snapshots[which];
    const std::string from = random() % 3 != 0 ? cold("") : cold(std::to_string(random() % 400));
    const std::string to = random() % 3 != 0 ? cold("", 8) : cold(std::to_string(random() % 400));
    std::vector<std::string> seen;
    const auto cursor = snapshot->scan(from, to);
    for (; cursor->valid(); cursor->next()) seen.emplace_back(cursor->key());
    std::vector<std::string> there;
    for (const auto& [key, value] : expected) {
      if (key >= from && key < to) there.push_back(key);
    }
    ASSERT_EQ(seen, there) << "turn " << turn;
    if (snapshots.size() > 8) snapshots.erase(snapshots.begin() + static_cast<long>(which));
  }
}

TEST(FirstRows, TakingRowsOffAQueueCostsWhatIsTaken) {
  constexpr int kRows = 20'000;
  constexpr int kAtOnce = 100;
  const auto counts = rocksdb::CreateDBStatistics();
  LocalHarness meta(rocksdb::Env::Default(), counts);
  for (int i = 0; i < kRows;) {
    const auto done = meta.transact([&](MetaView& view) -> Result<void> {
      for (int end = i + 1000; i < end; ++i) view.put(cold(std::to_string(100'000 + i)), "");
      return {};
    });
    ASSERT_TRUE(done.has_value());
  }
  int taken = 0;
  while (true) {
    std::vector<std::string> keys;
    {
      const auto snapshot = meta.store().snapshot();
      const auto cursor = snapshot->scan(cold(""), cold("", 8));
      for (; cursor->valid() && keys.size() < kAtOnce; cursor->next()) {
        keys.emplace_back(cursor->key());
      }
    }
    if (keys.empty()) break;
    taken += static_cast<int>(keys.size());
    const auto done = meta.transact([&](MetaView& view) -> Result<void> {
      for (const std::string& key : keys) view.erase(key);
      return {};
    });
    ASSERT_TRUE(done.has_value());
  }
  EXPECT_EQ(taken, kRows);
  // Those of the batch before, and what they were; from the beginning it would be 100 a row.
  EXPECT_LE(counts->getTickerCount(rocksdb::NUMBER_ITER_SKIP), 3u * kRows);
}

}  // namespace
}  // namespace lapis::storage
