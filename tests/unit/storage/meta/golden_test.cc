// The metadata store's formats, as files (support/golden.h, docs/formats.md).
#include "support/golden.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <sstream>

#include "storage/meta/meta_superblock.h"
#include "storage/meta/store_rows.h"
#include "support/temp_dir.h"

namespace lapis::storage {
namespace {

Guid store_uuid() {
  Guid guid;
  for (std::size_t i = 0; i < 16; ++i) guid.bytes[i] = static_cast<std::byte>(0xa0 + i);
  return guid;
}

// What a batch puts, in its order.
class Puts final : public rocksdb::WriteBatch::Handler {
 public:
  void Put(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    rows.emplace_back(key.ToString(), value.ToString());
  }
  test::Goldens rows;
};

// A line "key value" each, in hexadecimal.
std::string store_rows() {
  rocksdb::WriteBatch batch;
  put_store_rows(batch, {.uuid = store_uuid(), .epoch = 1, .commit = {3, 258}});
  Puts puts;
  EXPECT_TRUE(batch.Iterate(&puts).ok());
  std::string text;
  for (const auto& [key, value] : puts.rows) {
    text += test::to_hex(as_bytes(key)) + " " + test::to_hex(as_bytes(value)) + "\n";
  }
  return text;
}

test::Goldens goldens() {
  return {{"meta/superblock_creating", encode_meta_superblock({store_uuid(), false, kMetaFormat})},
          {"meta/superblock_ready", encode_meta_superblock({store_uuid(), true, kMetaFormat})},
          {"meta/store_rows", store_rows()}};
}

TEST(MetaGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(MetaGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(MetaGolden, SuperblocksOfAllFormatsAreRead) {
  for (const std::uint32_t format : {1u, 2u}) {
    for (const bool is_ready : {false, true}) {
      const auto file =
          test::golden_file("v" + std::to_string(format),
                            is_ready ? "meta/superblock_ready" : "meta/superblock_creating");
      const auto read = decode_meta_superblock(test::read_golden_file(file));
      ASSERT_TRUE(read) << to_string(read.error());
      EXPECT_EQ(read->uuid, store_uuid());
      EXPECT_EQ(read->is_ready, is_ready);
      EXPECT_EQ(read->format, format);
    }
  }
}

class StoreRowsGolden : public testing::TestWithParam<std::uint32_t> {};

TEST_P(StoreRowsGolden, AreRead) {
  const test::TempDir directory;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, (directory / "db").string(), &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  const auto file = test::golden_file("v" + std::to_string(GetParam()), "meta/store_rows");
  std::istringstream lines(test::read_golden_file(file));
  for (std::string key, value; lines >> key >> value;) {
    const auto put = db->Put({}, test::from_hex(key), test::from_hex(value));
    ASSERT_TRUE(put.ok());
  }
  const auto rows = read_store_rows(*db);
  ASSERT_TRUE(rows) << to_string(rows.error());
  EXPECT_EQ(rows->format, GetParam());
  EXPECT_EQ(rows->uuid, store_uuid());
  EXPECT_EQ(rows->epoch, 1u);
  EXPECT_EQ(rows->commit.sequence, 3u);
  EXPECT_EQ(rows->commit.last_id, 258u);
}

INSTANTIATE_TEST_SUITE_P(Formats, StoreRowsGolden, testing::Values(1u, 2u));

}  // namespace
}  // namespace lapis::storage
