#include "azure/request/markers.h"

#include <gtest/gtest.h>

#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

class MarkerName : public testing::TestWithParam<std::string> {};

TEST_P(MarkerName, SurvivesTheWayThere) {
  for (const bool past : {false, true}) {
    const std::string marker = encode_blob_marker({GetParam(), past, {}});
    const auto position = decode_blob_marker(marker);
    ASSERT_TRUE(position);
    EXPECT_EQ(position->name, GetParam());
    EXPECT_EQ(position->past_prefix, past);
    EXPECT_EQ(percent_encode(marker, "!"), marker);
  }
  for (const Timestamp time :
       {Timestamp{}, Timestamp(Ticks(17'953'812'000'000'001)), Timestamp::max()}) {
    const auto position = decode_blob_marker(encode_blob_marker({GetParam(), false, time}));
    ASSERT_TRUE(position);
    EXPECT_EQ(position->name, GetParam());
    EXPECT_EQ(position->past, time);
  }
  const auto behind = decode_blob_marker(encode_blob_marker({GetParam(), false, {}, true}));
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->name, GetParam());
  EXPECT_TRUE(behind->past_root);
  for (const Timestamp deleted : {Timestamp{}, Timestamp(Ticks(1)), Timestamp::max()}) {
    const auto container = decode_container_marker(encode_container_marker({GetParam(), deleted}));
    ASSERT_TRUE(container);
    EXPECT_EQ(container->name, GetParam());
    EXPECT_EQ(container->deleted, deleted);
  }
  const auto found = decode_find_marker(encode_find_marker({"box", "a value", GetParam() + "|x"}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->container, "box");
  EXPECT_EQ(found->value, "a value");
  EXPECT_EQ(found->name, GetParam() + "|x");
}
INSTANTIATE_TEST_SUITE_P(Names, MarkerName,
                         testing::Values("a", "dir/b c.txt", "\xC3\xBC\xEF\xBF\xBF", "a&<>\"'!+=/",
                                         "\x01\x7f", std::string(1024, 'x')));

class GarbageMarker : public testing::TestWithParam<std::string> {};

TEST_P(GarbageMarker, IsOutOfRange) {
  const auto position = decode_blob_marker(GetParam());
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().code, ErrorCode::kOutOfRangeInput);
  EXPECT_FALSE(decode_container_marker(GetParam()));
  EXPECT_FALSE(decode_find_marker(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Texts, GarbageMarker,
                         testing::Values("a", "blob.txt", "2!", "2!4", "2!4!", "2!4!AAAA", "2!0!",
                                         "3!4!AAAA", "2!16!AAAAAAAAAAAAAAAA", "2!x!AAAA",
                                         "2!99999999999999999999!AAAA", std::string(9000, 'A')));

TEST(Markers, EveryChangedCharacterIsFound) {
  const std::string marker = encode_blob_marker({"some/name.txt", false, {}});
  for (std::size_t i = 0; i < marker.size(); ++i) {
    std::string changed = marker;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(decode_blob_marker(changed)) << i;
  }
}

TEST(Markers, HaveOneSpelling) {
  std::string marker = encode_blob_marker({"some/name.txt", false, {}});
  EXPECT_TRUE(decode_blob_marker(marker));
  EXPECT_FALSE(decode_blob_marker(marker.insert(2, "0")));
}

TEST(Markers, OfAnotherListingAreRefused) {
  EXPECT_FALSE(decode_blob_marker(encode_container_marker({"box"})));
  EXPECT_FALSE(decode_container_marker(encode_blob_marker({"box", false, {}})));
  EXPECT_FALSE(decode_container_marker(encode_blob_marker({"box", false, Timestamp(Ticks(7))})));
  EXPECT_FALSE(decode_blob_marker(encode_container_marker({"box", Timestamp(Ticks(7))})));
  const std::string found = encode_find_marker({"box", "1", "a"});
  EXPECT_FALSE(decode_blob_marker(found));
  EXPECT_FALSE(decode_container_marker(found));
  EXPECT_FALSE(decode_find_marker(encode_container_marker({"box|1|a"})));
  EXPECT_FALSE(decode_find_marker(encode_blob_marker({"box|1|a", false, {}})));
  EXPECT_FALSE(decode_find_marker(encode_blob_marker({"box|1|a", false, Timestamp{}})));
}

}  // namespace
}  // namespace lapis::azure
