#include "blob/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace lapis::blob {
namespace {

using storage::Table;

// Names of few letters, so that many are prefixes of others; some with the highest and lowest
// bytes that a name can have.
std::string random_name(std::mt19937& random) {
  static constexpr std::string_view kLetters("ab/\x01\x7f\xf4\xbf", 7);
  std::string name(1 + random() % 5, 'a');
  for (char& c : name) c = kLetters[random() % kLetters.size()];
  return name;
}

TEST(Keys, BlobsSortByNameWithTheirUploadRightBefore) {
  std::mt19937 random(7);
  std::map<std::string, std::pair<std::string, NameRow>> by_key;
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) names.push_back(random_name(random));
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  for (const auto& name : names) {
    by_key[blob_key(ContainerId{5}, name)] = {name, NameRow::kBlob};
    by_key[upload_key(ContainerId{5}, name)] = {name, NameRow::kUpload};
  }
  ASSERT_EQ(by_key.size(), 2 * names.size());
  auto it = by_key.begin();
  for (const auto& name : names) {
    EXPECT_EQ(it++->second, (std::pair{name, NameRow::kUpload}));
    EXPECT_EQ(it++->second, (std::pair{name, NameRow::kBlob}));
  }
}

TEST(Keys, NameKeysAreTakenApart) {
  std::mt19937 random(8);
  for (int i = 0; i < 500; ++i) {
    const std::string name = random_name(random);
    const ContainerId container{random() * 0x100000001ull};
    const std::string blob = blob_key(container, name);
    const std::string upload = upload_key(container, name);
    const auto parsed_blob = parse_name_key(blob);
    const auto parsed_upload = parse_name_key(upload);
    ASSERT_TRUE(parsed_blob && parsed_upload);
    EXPECT_EQ(parsed_blob->name, name);
    EXPECT_EQ(parsed_blob->container, container);
    EXPECT_EQ(parsed_blob->row, NameRow::kBlob);
    EXPECT_EQ(parsed_upload->name, name);
    EXPECT_EQ(parsed_upload->row, NameRow::kUpload);
  }
}

TEST(Keys, NoContainersRangeHoldsAnothersRows) {
  const ContainerId ids[] = {ContainerId{0},       ContainerId{1},         ContainerId{2},
                             ContainerId{255},     ContainerId{256},       ContainerId{65535},
                             ContainerId{1 << 24}, ContainerId{~0ull - 1}, ContainerId{~0ull}};
  for (const ContainerId owner : ids) {
    const std::string first = container_prefix(Table::kBlob, owner);
    const std::string last = prefix_end(first);
    for (const ContainerId other : ids) {
      for (const std::string& key :
           {blob_key(other, "a"), upload_key(other, "\xf4\xbf"), blob_key(other, "\x01")}) {
        EXPECT_EQ(first <= key && key < last, owner == other) << owner.value << " " << other.value;
      }
    }
  }
}

TEST(Keys, AnUploadsRangeHoldsItsBlocksOnlyAndItsNameFirst) {
  const ContainerId box{3};
  const std::string first = upload_prefix(box, UploadId{9});
  const std::string last = prefix_end(first);
  EXPECT_EQ(upload_name_key(box, UploadId{9}), first);
  EXPECT_LT(first, staged_block_key(box, UploadId{9}, {"+"}));
  EXPECT_LT(staged_block_key(box, UploadId{9}, {std::string(64, 'z')}), last);
  EXPECT_GE(staged_block_key(box, UploadId{10}, {"+"}), last);
  EXPECT_LT(staged_block_key(box, UploadId{8}, {"zz"}), first);
  const std::string staged_key = staged_block_key(box, UploadId{9}, {"QUJD"});
  const auto staged = parse_staged_key(staged_key);
  ASSERT_TRUE(staged);
  EXPECT_EQ(staged->container, box);
  EXPECT_EQ(staged->upload, UploadId{9});
  EXPECT_EQ(staged->block, "QUJD");
}

TEST(Keys, AnAccountsRangeHoldsItsContainersOnly) {
  const std::string first = account_prefix("acct");
  const std::string last = prefix_end(first);
  const auto inside = [&](const std::string& key) { return first <= key && key < last; };
  EXPECT_TRUE(inside(container_name_key("acct", "a")));
  EXPECT_TRUE(inside(container_name_key("acct", "zzz")));
  EXPECT_FALSE(inside(container_name_key("acct2", "a")));
  EXPECT_FALSE(inside(container_name_key("acc", "t")));
  const std::string key = container_name_key("acct", "box");
  EXPECT_EQ(parse_container_name_key(key), "box");
}

TEST(Keys, DeletionsOfANameStandTogetherOldestFirst) {
  const Timestamp times[] = {Timestamp{}, Timestamp(Ticks(0x0100)), Timestamp::max()};
  std::string last = kept_prefix("acct");
  for (const char* name : {"box", "box-2", "boxes"}) {
    for (const Timestamp time : times) {
      const std::string key = kept_container_key("acct", name, time);
      EXPECT_LT(last, key);
      const auto parsed = parse_kept_container_key(key);
      ASSERT_TRUE(parsed);
      EXPECT_EQ(parsed->account, "acct");
      EXPECT_EQ(parsed->name, name);
      EXPECT_EQ(parsed->deleted, time);
      last = key;
    }
  }
  EXPECT_LT(last, prefix_end(kept_prefix("acct")));
  EXPECT_FALSE(kept_container_key("acct2", "a", {}).starts_with(kept_prefix("acct")));
  for (std::size_t n = 0; n < 10; ++n) EXPECT_FALSE(parse_kept_container_key(last.substr(0, n)));
  EXPECT_FALSE(parse_kept_container_key(container_name_key("acct", "a-name-of-some-length")));
}

TEST(Keys, EndsOfContainersAreToldFromThoseOfBlobs) {
  const ServiceTime until(Ticks(9));
  const std::string key = container_expiry_key(until, ContainerId{5});
  const auto parsed = parse_expiry_key(key);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->is_of_container());
  EXPECT_EQ(parsed->until, until);
  EXPECT_EQ(parsed->container, ContainerId{5});
  EXPECT_LT(key, expiry_end(until));
  for (const char* name : {"a", "\xf4\x8f\xbf\xbf"}) {
    const std::string of_blob = expiry_key(until, ContainerId{5}, name, std::nullopt);
    EXPECT_FALSE(parse_expiry_key(of_blob)->is_of_container());
  }
}

TEST(Keys, PrefixEndIsTheNextKeyAfterAllThatBeginWithIt) {
  struct Case {
    std::string prefix, end;
  };
  const Case cases[] = {{"a", "b"},
                        {"a/", "a0"},
                        {"a\xff", "b"},
                        {"a\xff\xff", "b"},
                        {std::string("a\0", 2), "a\x01"},
                        {"\x7f", "\x80"},
                        {"\xff\xff", ""}};
  for (const Case& c : cases) EXPECT_EQ(prefix_end(c.prefix), c.end);
}

TEST(Keys, PastStatesStandBeforeTheUploadOldestFirst) {
  const ContainerId box{3};
  const Timestamp times[] = {Timestamp{}, Timestamp(Ticks(1)), Timestamp(Ticks(0x0102030405060708)),
                             Timestamp::max()};
  std::string last = name_prefix(box, "a");
  for (const Timestamp time : times) {
    const std::string key = past_key(box, "a", time);
    EXPECT_LT(last, key);
    const auto parsed = parse_name_key(key);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->row, NameRow::kPast);
    EXPECT_EQ(parsed->name, "a");
    EXPECT_EQ(parsed->time, time);
    last = key;
  }
  EXPECT_LT(last, upload_key(box, "a"));
  EXPECT_LT(blob_key(box, "a"), past_key(box, "a\x01", Timestamp{}));
}

TEST(Keys, OwnersOfABlockStandTogether) {
  const BlockTarget chunk{0, 7};
  const std::string key = block_owner_key(chunk, BodyId{9});
  const auto owner = parse_block_owner_key(key);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->target, chunk);
  EXPECT_EQ(owner->owner, BodyId{9});
  EXPECT_TRUE(key.starts_with(block_owner_prefix(chunk)));
  EXPECT_FALSE(block_owner_key({3, 7}, BodyId{9}).starts_with(block_owner_prefix(chunk)));
  const auto shared = parse_shared_body_key(shared_body_key(ContainerId{3}, BodyId{9}));
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->container, ContainerId{3});
  EXPECT_EQ(shared->body, BodyId{9});
  EXPECT_FALSE(parse_shared_body_key(key));
}

TEST(Keys, IdsAreReadBack) {
  const auto release =
      parse_release_key(release_key(ContainerId{7}, ReleaseId{0x0102030405060708}));
  ASSERT_TRUE(release);
  EXPECT_EQ(release->container, ContainerId{7});
  EXPECT_EQ(release->entry, ReleaseId{0x0102030405060708});
  EXPECT_EQ(parse_container_state_key(container_state_key(ContainerId{~0ull})), ContainerId{~0ull});
}

TEST(Keys, OthersKeysAreRefused) {
  const std::string segment = segment_key(ContainerId{1}, SegmentId{2});
  EXPECT_FALSE(parse_name_key(segment));
  EXPECT_FALSE(parse_staged_key(segment));
  EXPECT_FALSE(parse_release_key(segment));
  EXPECT_FALSE(parse_container_state_key(segment));
  EXPECT_FALSE(parse_container_name_key(segment));
  const std::string blob = blob_key(ContainerId{1}, "a");
  for (std::size_t n = 0; n < blob.size(); ++n) EXPECT_FALSE(parse_name_key(blob.substr(0, n)));
}

TEST(Keys, LayoutIsFixed) {
  const std::string id("\0\0\0\0\0\0\1\2", 8);
  const ContainerId box{0x102};
  EXPECT_EQ(container_name_key("a", "b"), std::string("\x20"
                                                      "a\0b",
                                                      4));
  EXPECT_EQ(container_state_key(box), "\x21" + id);
  EXPECT_EQ(blob_key(box, "n"),
            "\x22" + id + "n" + std::string("\0\xff\xff\xff\xff\xff\xff\xff\xff", 9));
  EXPECT_EQ(upload_key(box, "n"),
            "\x22" + id + "n" + std::string("\0\xff\xff\xff\xff\xff\xff\xff\xfe", 9));
  EXPECT_EQ(staged_block_key(box, UploadId{0x102}, {"x"}), "\x23" + id + id + "x");
  EXPECT_EQ(segment_key(box, SegmentId{0x102}), "\x24" + id + id);
  EXPECT_EQ(release_key(box, ReleaseId{0x102}), "\x25" + id + id);
  EXPECT_EQ(block_bytes_key(box, BlockBytesId{0x102}), "\x26" + id + id);
}

TEST(TagKeys, AreTakenApart) {
  const std::string key = tag_key(ContainerId{5}, "k", "v", "a/b");
  const auto parsed = parse_tag_key(key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->container, ContainerId{5});
  EXPECT_EQ(parsed->key, "k");
  EXPECT_EQ(parsed->value, "v");
  EXPECT_EQ(parsed->name, "a/b");
  EXPECT_TRUE(parse_tag_key(tag_key(ContainerId{5}, "k", "", "a")));
  EXPECT_FALSE(parse_tag_key(tag_key(ContainerId{5}, "k", "v", "")));
  EXPECT_FALSE(parse_tag_key(tag_key_prefix(ContainerId{5}, "k")));
  EXPECT_FALSE(parse_tag_key(container_state_key(ContainerId{5})));
}

TEST(TagKeys, SortByValueThenName) {
  const auto key = [](const char* value, const char* name) {
    return tag_key(ContainerId{5}, "k", value, name);
  };
  EXPECT_LT(key("1", "z"), key("10", "a"));
  EXPECT_LT(key("10", "a"), key("10", "b"));
  EXPECT_LT(key("10", "b"), key("2", "a"));
  EXPECT_LT(key("9", "z"), tag_key(ContainerId{5}, "k2", "0", "a"));
}

}  // namespace
}  // namespace lapis::blob
