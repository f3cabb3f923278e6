// Snapshots, cursors and version counters.
#include <gtest/gtest.h>

#include <vector>

#include "unit/storage/meta/meta_contract.h"

namespace lapis::storage {
namespace {

class MetaRead : public MetaContract {};
INSTANTIATE_TEST_SUITE_P(Stores, MetaRead, testing::ValuesIn(kMetaImplementations),
                         implementation_name);

TEST_P(MetaRead, ASnapshotStaysAsItWas) {
  meta_.put("a", "old");
  meta_.put("b", "old");
  const auto snapshot = store().snapshot();
  ASSERT_TRUE(meta_.transact([](MetaView& view) -> Result<void> {
    view.put("a", "new");
    view.erase_range("b", "c");
    view.put("c", "new");
    return {};
  }));
  EXPECT_EQ(snapshot->get("a").value(), "old");
  EXPECT_EQ(snapshot->get("b").value(), "old");
  EXPECT_EQ(snapshot->get("c").value(), std::nullopt);
  const auto cursor = snapshot->scan("a", "z");
  std::string keys;
  for (; cursor->valid(); cursor->next()) keys += cursor->key();
  EXPECT_EQ(keys, "ab");
  EXPECT_TRUE(cursor->status());
}

struct ScanCase {
  const char* name;
  const char* first;
  const char* last;
  const char* seek;  // null: not moved
  const char* keys;
};
constexpr ScanCase kScanCases[] = {
    {"Whole", "a", "z", nullptr, "bdfh"},
    {"TheFirstIsIncluded", "b", "z", nullptr, "bdfh"},
    {"TheLastIsNot", "a", "f", nullptr, "bd"},
    {"Nothing", "c", "d", nullptr, ""},
    {"Empty", "d", "d", nullptr, ""},
    {"Reversed", "f", "b", nullptr, ""},
    {"SeekToARow", "a", "z", "d", "dfh"},
    {"SeekBetween", "a", "z", "e", "fh"},
    {"SeekBeforeTheRange", "d", "z", "a", "dfh"},
    {"SeekToItsEnd", "a", "f", "f", ""},
    {"SeekBeyond", "a", "f", "g", ""},
    {"EndlessKeys", "", "\xff", "g", "h"},
};

TEST_P(MetaRead, ACursorStaysInItsRange) {
  for (const char* key : {"b", "d", "f", "h"}) meta_.put(key, "v");
  const auto snapshot = store().snapshot();
  for (const ScanCase& scan : kScanCases) {
    SCOPED_TRACE(scan.name);
    const auto cursor = snapshot->scan(scan.first, scan.last);
    if (scan.seek != nullptr) cursor->seek(scan.seek);
    std::string keys;
    for (; cursor->valid(); cursor->next()) keys += cursor->key();
    EXPECT_EQ(keys, scan.keys);
    EXPECT_TRUE(cursor->status());
  }
}

TEST_P(MetaRead, ACursorGoesBackWhenItSeeksBack) {
  for (const char* key : {"b", "d"}) meta_.put(key, key);
  const auto snapshot = store().snapshot();
  const auto cursor = snapshot->scan("a", "z");
  cursor->next();
  cursor->next();
  EXPECT_FALSE(cursor->valid());
  cursor->seek("b");
  ASSERT_TRUE(cursor->valid());
  EXPECT_EQ(cursor->value(), "b");
}

TEST_P(MetaRead, AChangeRaisesTheVersionBeforeItIsAcknowledged) {
  meta_.put("key", "1");
  const std::uint64_t after_first = store().version_of("key");
  meta_.put("key", "2");
  const std::uint64_t after_second = store().version_of("key");
  EXPECT_GT(after_second, after_first);
  ASSERT_TRUE(meta_.transact([](MetaView& view) -> Result<void> {
    view.erase("key");
    return {};
  }));
  EXPECT_GT(store().version_of("key"), after_second);
}

// Raised earlier, a reader could keep the old row under the new number for ever.
TEST_P(MetaRead, TheVersionIsNotRaisedBeforeTheChangeIsVisible) {
  meta_.put("key", "1");
  const std::uint64_t before = store().version_of("key");
  std::uint64_t during = 0;
  ASSERT_TRUE(meta_.transact([&](MetaView& view) -> Result<void> {
    view.put("key", "2");
    during = store().version_of("key");
    return {};
  }));
  EXPECT_EQ(during, before);
}

TEST_P(MetaRead, AFailureLeavesTheVersion) {
  meta_.put("key", "1");
  const std::uint64_t before = store().version_of("key");
  ASSERT_FALSE(meta_.transact([](MetaView& view) -> Result<void> {
    view.put("key", "2");
    return fail(ErrorCode::kBlobNotFound);
  }));
  EXPECT_EQ(store().version_of("key"), before);
}

}  // namespace
}  // namespace lapis::storage
