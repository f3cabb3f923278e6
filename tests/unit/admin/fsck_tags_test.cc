// What the check finds where blobs' tags and their index differ, and how that is mended.
#include <algorithm>

#include "blob/records.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "unit/admin/fsck_fixture.h"

namespace lapis::admin {
namespace {

using nlohmann::json;
using storage::Table;
using test::key_of;
using test::pattern;
using test::run_on;

TEST_F(FsckTest, FindsWhereTagsAndTheirIndexDiffer) {
  put(key_of("b"), pattern(100, 1), {{"k", "1"}, {"more", "2"}});
  put(key_of("other"), pattern(100, 1), {{"k", "1"}});
  take_snapshot("b");
  EXPECT_EQ(sorts(check()), Sorts{});
  const std::vector<Row> index = rows_of(Table::kTag);
  ASSERT_EQ(index.size(), 3u);
  for (const Row& row : index) EXPECT_EQ(without(row), Sorts{"wrong tag_index_row"});
  EXPECT_EQ(sorts(check()), Sorts{});

  const ContainerId box = blob::parse_tag_key(index.front().key)->container;
  const Row added{blob::tag_key(box, "k", "2", "b"), {}};
  const Row of_nothing{blob::tag_key(box, "k", "1", "none"), {}};
  for (const Row& row : {added, of_nothing}) {
    change([&](storage::MetaView& view) -> Result<void> {
      view.put(row.key, row.value);
      return {};
    });
    const json report = check();
    EXPECT_EQ(sorts(report), Sorts{"leaked tag_index_row"});
    const json& finding = report["findings"][0];
    EXPECT_EQ(finding["container"], "acct/box");
    EXPECT_EQ(finding["blob"], blob::parse_tag_key(row.key)->name);
    EXPECT_EQ(finding["tag"], "k");
    EXPECT_EQ(finding["value"], blob::parse_tag_key(row.key)->value);
    EXPECT_EQ(without(row), Sorts{});
    change([&](storage::MetaView& view) -> Result<void> {
      view.erase(row.key);
      return {};
    });
  }

  // A tag of the blob changes, and the index does not: one row too many, one too few.
  const std::string key = blob::blob_key(box, "b");
  const auto rows = rows_of(Table::kBlob);
  const auto row = std::ranges::find(rows, key, &Row::key);
  ASSERT_NE(row, rows.end());
  auto record = blob::decode_blob(row->value);
  ASSERT_TRUE(record);
  record->properties.tags = {{"k", "3"}, {"more", "2"}};
  change([&](storage::MetaView& view) -> Result<void> {
    view.put(key, blob::encode_blob(record->properties, blob::encode_body(record->body)));
    return {};
  });
  EXPECT_EQ(sorts(check()), (Sorts{"leaked tag_index_row", "wrong tag_index_row"}));
}

// What docs/operations.md says to do about either.
TEST_F(FsckTest, IndexRowsAreMendedBySettingTags) {
  put(key_of("b"), pattern(100, 1), {{"k", "1"}});
  const Row row = rows_of(Table::kTag).front();
  const std::string added = blob::tag_key(blob::parse_tag_key(row.key)->container, "k", "2", "b");
  change([&](storage::MetaView& view) -> Result<void> {
    view.erase(row.key);
    view.put(added, {});
    return {};
  });
  EXPECT_EQ(sorts(check()), (Sorts{"leaked tag_index_row", "wrong tag_index_row"}));
  const auto set = [&](const std::string& value) {
    blob::SetBlobTags request{key_of("b"), {{"k", value}}, {}, {}};
    ASSERT_TRUE(run_on(one_, [&] { return blob::set_blob_tags(*service_, request); }));
  };
  set("1");
  EXPECT_EQ(sorts(check()), Sorts{"leaked tag_index_row"});
  set("2");
  set("1");
  EXPECT_EQ(sorts(check()), Sorts{});
}

}  // namespace
}  // namespace lapis::admin
