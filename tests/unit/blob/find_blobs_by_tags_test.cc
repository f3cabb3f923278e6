#include "lapis/blob/ops/find_blobs_by_tags.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "blob/keys.h"
#include "lapis/blob/ops/get_blob_tags.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;

TagRange is(std::string key, std::string value) {
  return {std::move(key), value, false, value, false};
}
TagRange from(std::string key, std::string first) {
  return {std::move(key), std::move(first), false, std::nullopt, false};
}
TagRange between(std::string key, std::string first, std::string last) {
  return {std::move(key), std::move(first), true, std::move(last), true};
}

void put(BlobHarness& harness, const std::string& name, Tags tags,
         const std::string& container = "box") {
  PutBlob request;
  request.key = {"acct", container, name};
  request.tags = std::move(tags);
  ASSERT_TRUE(harness.put(std::move(request), "content"));
}

struct Found {
  std::vector<std::string> names;
  std::uint64_t rows_visited = 0;
  std::size_t pages = 0;
};

Found find(BlobHarness& harness, std::vector<TagRange> ranges, std::size_t page_size = 5000,
           std::optional<std::string> container = "box") {
  FindBlobsByTags request;
  request.account = "acct";
  request.query = {container, std::move(ranges)};
  request.max_results = page_size;
  Found found;
  while (true) {
    const std::uint64_t before = harness.rows.visits();
    const auto page = harness.run(find_blobs_by_tags(harness.service, request));
    EXPECT_TRUE(page);
    if (!page) return found;
    for (const auto& item : page->items) {
      const std::string prefix = container ? "" : item.container + "/";
      found.names.push_back(prefix + item.name);
    }
    found.rows_visited += harness.rows.visits() - before;
    ++found.pages;
    if (!page->next) return found;
    request.start = page->next;
  }
}

using Names = std::vector<std::string>;

TEST(FindBlobsByTags, FindsWhatItsTagsSay) {
  BlobHarness harness;
  put(harness, "a", {{"kind", "log"}, {"day", "1"}});
  put(harness, "b", {{"kind", "log"}, {"day", "2"}});
  put(harness, "c", {{"kind", "image"}, {"day", "2"}});
  put(harness, "d", {{"day", "3"}});
  put(harness, "e", {});
  EXPECT_EQ(find(harness, {is("kind", "log")}).names, (Names{"a", "b"}));
  EXPECT_EQ(find(harness, {is("kind", "log"), is("day", "2")}).names, (Names{"b"}));
  EXPECT_EQ(find(harness, {is("kind", "log"), is("day", "3")}).names, (Names{}));
  EXPECT_EQ(find(harness, {from("day", "2")}).names, (Names{"b", "c", "d"}));
  EXPECT_EQ(find(harness, {between("day", "1", "3")}).names, (Names{"b", "c"}));
  EXPECT_EQ(find(harness, {from("kind", "a"), between("day", "0", "2")}).names, (Names{"a"}));
  EXPECT_EQ(find(harness, {is("kind", "log"), from("day", "2")}).names, (Names{"b"}));
  EXPECT_EQ(find(harness, {is("kin", "log")}).names, (Names{}));
  EXPECT_EQ(find(harness, {is("kind", "lo")}).names, (Names{}));
}

TEST(FindBlobsByTags, ShowsTheTagsOfTheQueryOnly) {
  BlobHarness harness;
  put(harness, "a", {{"kind", "log"}, {"day", "1"}, {"other", "x"}});
  const auto page = harness.run(find_blobs_by_tags(
      harness.service, {"acct", {"box", {from("day", "0"), is("kind", "log")}}, false, {}}));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].container, "box");
  EXPECT_EQ(page->items[0].tags, (Tags{{"day", "1"}, {"kind", "log"}}));
}

TEST(FindBlobsByTags, FollowsEveryChange) {
  BlobHarness harness;
  const auto found = [&](const std::string& value) {
    return find(harness, {is("k", value)}).names;
  };
  put(harness, "a", {{"k", "1"}});
  put(harness, "a", {{"k", "2"}});
  EXPECT_EQ(found("1"), Names{});
  EXPECT_EQ(found("2"), Names{"a"});
  ASSERT_TRUE(harness.run(set_blob_tags(harness.service, {key_of("a"), {{"k", "3"}}, {}, {}})));
  EXPECT_EQ(found("2"), Names{});
  EXPECT_EQ(found("3"), Names{"a"});
  ASSERT_TRUE(harness.stage("a", "AAAA", "x"));
  PutBlockList list;
  list.key = key_of("a");
  list.blocks = test::latest({"AAAA"});
  list.tags = {{"k", "4"}};
  ASSERT_TRUE(harness.run(put_block_list(harness.service, std::move(list))));
  EXPECT_EQ(found("3"), Names{});
  EXPECT_EQ(found("4"), Names{"a"});
  ASSERT_TRUE(harness.put("a", "untagged"));
  EXPECT_EQ(found("4"), Names{});
  ASSERT_TRUE(harness.run(set_blob_tags(harness.service, {key_of("a"), {{"k", "5"}}, {}, {}})));
  ASSERT_TRUE(harness.erase("a"));
  EXPECT_EQ(found("5"), Names{});
  EXPECT_EQ(harness.rows_of(storage::Table::kTag), 0u);
}

TEST(FindBlobsByTags, ADeletedContainersIndexIsSwept) {
  BlobHarness harness;
  put(harness, "a", {{"k", "1"}});
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "box"}, {}})));
  EXPECT_EQ(find(harness, {is("k", "1")}).names, Names{});
  EXPECT_EQ(harness.rows_of(storage::Table::kTag), 1u);
  ASSERT_TRUE(harness.reclaim());
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.rows_of(storage::Table::kTag), 0u);
}

TEST(FindBlobsByTags, LooksInAllContainersOfTheAccountAndNoOthers) {
  BlobHarness harness;
  for (const char* account : {"acct", "other"}) {
    ASSERT_TRUE(harness.run(create_container(harness.service, {{account, "more"}, {}})));
  }
  put(harness, "a", {{"k", "1"}});
  put(harness, "b", {{"k", "1"}}, "more");
  PutBlob stranger;
  stranger.key = {"other", "more", "c"};
  stranger.tags = {{"k", "1"}};
  ASSERT_TRUE(harness.put(std::move(stranger), "x"));
  for (const std::size_t page_size : {1, 2, 5000}) {
    EXPECT_EQ(find(harness, {is("k", "1")}, page_size, std::nullopt).names,
              (Names{"box/a", "more/b"}));
  }
  EXPECT_EQ(find(harness, {is("k", "1")}, 5000, "none").names, Names{});
  const auto missing = harness.run(
      find_blobs_by_tags(harness.service, {"acct", {"none", {is("k", "1")}}, true, {}}));
  EXPECT_EQ(missing.error().code, ErrorCode::kContainerNotFound);
}

// Rows of the store that a search visits beside `others` blobs that do not match; ten do.
std::uint64_t visited_beside(int others, const Tags& match, const std::vector<Tags>& other,
                             std::vector<TagRange> ranges) {
  BlobHarness harness;
  for (int i = 0; i < 10; ++i) put(harness, "m" + std::to_string(i), match);
  for (int i = 0; i < others; ++i) {
    put(harness, "n" + std::to_string(i), other[static_cast<std::size_t>(i) % other.size()]);
  }
  const Found found = find(harness, std::move(ranges));
  EXPECT_EQ(found.names.size(), 10u);
  return found.rows_visited;
}

// A thousand times as many blobs that do not match cost not one row more.
TEST(FindBlobsByTags, TouchesOnlyWhatMatches) {
  const auto visited = [](int others, std::vector<TagRange> ranges) {
    return visited_beside(others, {{"k", "5"}, {"j", "5"}}, {{{"k", "4"}}, {{"k", "6"}}},
                          std::move(ranges));
  };
  for (const auto& ranges : {std::vector{is("k", "5")}, std::vector{between("k", "4", "6")},
                             std::vector{is("k", "5"), is("j", "5")},
                             std::vector{between("k", "4", "6"), from("j", "0")}}) {
    const std::uint64_t few = visited(3, ranges);
    EXPECT_EQ(visited(3000, ranges), few);
    EXPECT_LE(few, 40u);
  }
}

// A value that all have, beside a range of ten: the ten are looked at.
TEST(FindBlobsByTags, AShortRangeBesideAValueDecides) {
  const auto visited = [](int others, std::vector<TagRange> ranges) {
    return visited_beside(others, {{"all", "x"}, {"n", "95"}, {"m", "1"}},
                          {{{"all", "x"}, {"n", "1"}}, {{"all", "x"}, {"n", "89"}}},
                          std::move(ranges));
  };
  for (const auto& ranges :
       {std::vector{is("all", "x"), from("n", "9")}, std::vector{from("n", "9"), is("all", "x")},
        std::vector{is("all", "x"), between("n", "90", "99"), from("m", "0")}}) {
    const std::uint64_t few = visited(3, ranges);
    EXPECT_EQ(visited(3000, ranges), few);
    EXPECT_LE(few, 40u);
  }
}

// A long range beside a value that few have costs the rows that show it to be long.
TEST(FindBlobsByTags, ALongRangeBesideAShortListIsLeft) {
  const auto visited = [](int others) {
    return visited_beside(others, {{"few", "x"}, {"n", "5"}}, {{{"n", "5"}}, {{"n", "6"}}},
                          {is("few", "x"), from("n", "0")});
  };
  const std::uint64_t rows = visited(1500);
  EXPECT_EQ(visited(3000), rows);
  EXPECT_LE(rows, 1040u);
}

// Of two lists, one short: the long one is sought in, not gone through.
TEST(FindBlobsByTags, IntersectsBySeeking) {
  BlobHarness harness;
  for (int i = 0; i < 2000; ++i) {
    Tags tags{{"all", "1"}};
    if (i % 500 == 0) tags.push_back({"few", "1"});
    put(harness, "b" + std::to_string(10'000 + i), tags);
  }
  const Found found = find(harness, {is("all", "1"), is("few", "1")});
  EXPECT_EQ(found.names.size(), 4u);
  EXPECT_LE(found.rows_visited, 30u);
}

// Pages that end by their rows too; a range beside a value is short where many may be visited.
TEST(FindBlobsByTags, PagesJoinWithoutGapOrRepetition) {
  for (const std::size_t visits : {1, 9, 150, 50'000}) {
    std::mt19937 random(7);
    test::BlobHarnessOptions options;
    options.limits.list_rows_visited = visits;
    BlobHarness harness(options);
    std::set<std::string> equal, ranged;
    for (int i = 0; i < 200; ++i) {
      const std::string name = "b" + std::to_string(random() % 1000);
      const std::string a = std::to_string(random() % 3), b = std::to_string(random() % 10);
      put(harness, name, {{"a", a}, {"b", b}});
      equal.erase(name);
      ranged.erase(name);
      if (a == "1" && b > "3") equal.insert(name);
      if (b > "3" && b < "7") ranged.insert(name);
    }
    for (const std::size_t page_size : {1, 3, 5000}) {
      const auto both = find(harness, {is("a", "1"), between("b", "3", "99")}, page_size);
      EXPECT_EQ(both.names, Names(equal.begin(), equal.end())) << visits;
      auto range = find(harness, {between("b", "3", "7")}, page_size);
      if (visits <= 9) EXPECT_GT(range.pages, 5u);
      std::ranges::sort(range.names);
      EXPECT_EQ(range.names, Names(ranged.begin(), ranged.end())) << visits;
    }
  }
}

// Ten lists are not opened where the first has nothing.
TEST(FindBlobsByTags, OpensNoListBeforeItsRowsAreLookedAt) {
  BlobHarness harness;
  std::vector<TagRange> ranges{is("none", "x")};
  Tags tags;
  for (int i = 0; i < 9; ++i) {
    tags.emplace_back("k" + std::to_string(i), "1");
    ranges.push_back(is(tags.back().first, "1"));
  }
  put(harness, "a", tags);
  const Found found = find(harness, ranges);
  EXPECT_EQ(found.names, Names{});
  EXPECT_EQ(found.rows_visited, 2u);  // the container's row, and none of the first list
}

TEST(SetBlobTags, MendsARowThatTheIndexHasLost) {
  BlobHarness harness;
  put(harness, "a", {{"k", "1"}});
  const auto lose = [](storage::MetaView& view) -> Result<void> {
    const std::string first = table_prefix(storage::Table::kTag);
    view.erase_range(first, prefix_end(first));
    return {};
  };
  ASSERT_TRUE(harness.run(harness.rows.transact({}, lose)));
  EXPECT_EQ(find(harness, {is("k", "1")}).names, Names{});
  ASSERT_TRUE(harness.run(set_blob_tags(harness.service, {key_of("a"), {{"k", "1"}}, {}, {}})));
  EXPECT_EQ(find(harness, {is("k", "1")}).names, Names{"a"});
}

TEST(SetBlobTags, ChangesNothingElse) {
  BlobHarness harness;
  put(harness, "a", {{"k", "1"}});
  const auto head = [&] {
    GetBlob request;
    request.key = key_of("a");
    return harness.run(get_blob(harness.service, std::move(request)))->properties;
  };
  const auto before = head();
  harness.clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(harness.run(set_blob_tags(harness.service, {key_of("a"), {}, {}, {}})));
  EXPECT_EQ(head()->etag, before->etag);
  EXPECT_EQ(head()->last_modified, before->last_modified);
  EXPECT_TRUE(head()->tags.empty());
  EXPECT_EQ(harness.get("a"), "content");
}

TEST(GetBlobTags, TakesConditions) {
  BlobHarness harness;
  put(harness, "a", {{"k", "1"}});
  const auto read = [&](Conditions conditions) {
    return harness.run(get_blob_tags(harness.service, {key_of("a"), std::move(conditions), {}}));
  };
  Conditions tags;
  tags.if_tags = TagExpression{{TagComparison{"k", TagOperator::kEqual, "1"}}};
  EXPECT_EQ(*read(tags), (Tags{{"k", "1"}}));
  tags.if_tags = TagExpression{{TagComparison{"k", TagOperator::kEqual, "2"}}};
  EXPECT_EQ(read(tags).error().code, ErrorCode::kConditionNotMet);
  Conditions since;
  since.if_modified_since = harness.clock.now();
  EXPECT_EQ(read(since).error().code, ErrorCode::kNotModified);
  EXPECT_EQ(harness.run(get_blob_tags(harness.service, {key_of("none"), {}, {}})).error().code,
            ErrorCode::kBlobNotFound);
}

}  // namespace
}  // namespace lapis::blob
