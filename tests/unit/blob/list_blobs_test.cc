#include "lapis/blob/ops/list_blobs.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;

// "b:name", of a snapshot with s, of a previous version with v, "b-:name" where it is soft-deleted;
// "r:name", "u:name" and "p:prefix", in the order given.
class Recorder final : public ListSink {
 public:
  void blob(std::string_view name, const BlobProperties& properties) override {
    std::string kind = properties.snapshot ? "s" : is_past(properties) ? "v" : "b";
    if (properties.deletion) kind += '-';
    items.push_back(kind + ':' + std::string(name));
    lengths[std::string(name)] = properties.content_length;
  }
  void versions_only(std::string_view name, const BlobProperties&) override {
    items.push_back("r:" + std::string(name));
  }
  void uncommitted(std::string_view name) override { items.push_back("u:" + std::string(name)); }
  void prefix(std::string_view name) override { items.push_back("p:" + std::string(name)); }

  std::vector<std::string> items;
  std::map<std::string, std::uint64_t> lengths;
};

struct Query {
  std::string prefix;
  std::string delimiter;
  bool uncommitted = false;
  std::size_t page = 5000;
  std::string start_from = {};
  bool snapshots = false;
  bool versions = false;
  bool deleted = false;
  bool versions_only = false;
};

ListBlobs request_of(const Query& query) {
  ListBlobs request;
  request.key = {"acct", "box"};
  request.prefix = query.prefix;
  request.delimiter = query.delimiter;
  request.include_uncommitted = query.uncommitted;
  request.max_results = query.page;
  request.start_from = query.start_from;
  request.include_snapshots = query.snapshots;
  request.include_versions = query.versions;
  request.include_deleted = query.deleted;
  request.include_versions_only = query.versions_only;
  return request;
}

// All pages in order. A page that names a next one is full, unless rows_visited ended it.
std::vector<std::string> list_all(BlobHarness& harness, const Query& query) {
  ListBlobs request = request_of(query);
  const bool visits_bound = harness.service.limits.list_rows_visited < 1000;
  std::vector<std::string> all;
  for (int pages = 0; pages < 3000; ++pages) {
    Recorder page;
    const auto result = harness.run(list_blobs(harness.service, request, page));
    EXPECT_TRUE(result);
    EXPECT_LE(page.items.size(), query.page);
    all.insert(all.end(), page.items.begin(), page.items.end());
    if (!result || !result->next) return all;
    if (!visits_bound) {
      EXPECT_EQ(page.items.size(), query.page);
    }
    request.start = result->next;
  }
  ADD_FAILURE() << "never ends";
  return all;
}

struct Names {
  std::set<std::string> committed;
  std::set<std::string> staged;
};

// What the listing means, said plainly.
std::vector<std::string> model(const Names& names, const Query& query) {
  std::map<std::string, char> visible;
  for (const auto& name : names.committed) visible[name] = 'b';
  if (query.uncommitted) {
    for (const auto& name : names.staged) visible.emplace(name, 'u');
  }
  std::vector<std::string> items;
  for (const auto& [name, kind] : visible) {
    if (!name.starts_with(query.prefix) || name < query.start_from) continue;
    const auto at = query.delimiter.empty() ? std::string::npos
                                            : name.find(query.delimiter, query.prefix.size());
    std::string item = std::string(1, kind) + ":" + name;
    if (at != std::string::npos) item = "p:" + name.substr(0, at + query.delimiter.size());
    if (items.empty() || items.back() != item) items.push_back(item);
  }
  return items;
}

Names fill(BlobHarness& harness, std::mt19937& random, int count) {
  static const std::vector<std::string> kParts = {
      "a", "b", "/", "//", "\xc3\xbf", "\x01", "~", "\xf4\x8f\xbf\xbf", "-", "/a"};
  Names names;
  for (int i = 0; i < count; ++i) {
    std::string name;
    const auto parts = 1 + random() % 5;
    for (std::size_t p = 0; p < parts; ++p) name += kParts[random() % kParts.size()];
    if (random() % 3 != 0) {
      EXPECT_TRUE(harness.put(name, "x"));
      names.committed.insert(name);
      names.staged.erase(name);
    }
    if (random() % 3 == 0) {
      EXPECT_TRUE(harness.stage(name, "AAAA", "x"));
      names.staged.insert(name);
    }
  }
  return names;
}

TEST(ListBlobs, AgreesWithAPlainModelAtEveryPageSize) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    std::mt19937 random(seed);
    BlobHarness harness;
    const Names names = fill(harness, random, 60);
    for (const std::string prefix :
         {"", "a", "/", "a/", "\xc3\xbf", "\xc3", "\xf4\x8f\xbf\xbf", "zz"}) {
      for (const std::string delimiter : {"", "/", "//", "a", "/a", "\xbf", "\xf4\x8f\xbf\xbf"}) {
        for (const bool uncommitted : {false, true}) {
          Query query{prefix, delimiter, uncommitted, 1};
          const auto expected = model(names, query);
          for (; query.page <= expected.size() + 1 && query.page < 12; ++query.page) {
            ASSERT_EQ(list_all(harness, query), expected)
                << "seed " << seed << " prefix " << prefix << " delimiter " << delimiter
                << " uncommitted " << uncommitted << " page " << query.page;
          }
        }
      }
    }
  }
}

TEST(ListBlobs, AgreesWithTheModelWhereRowsVisitedEndThePage) {
  for (const std::size_t visits : {1u, 2u, 3u, 7u}) {
    std::mt19937 random(9);
    BlobHarness harness({.limits = {.inline_body_bytes = 16, .list_rows_visited = visits}});
    const Names names = fill(harness, random, 60);
    for (const std::string delimiter : {"", "/", "a"}) {
      for (const bool uncommitted : {false, true}) {
        const Query query{"", delimiter, uncommitted, 4};
        EXPECT_EQ(list_all(harness, query), model(names, query)) << visits << " " << delimiter;
      }
    }
  }
}

TEST(ListBlobs, AgreesWithTheModelFromAnyNameOn) {
  std::mt19937 random(4);
  BlobHarness harness;
  const Names names = fill(harness, random, 60);
  std::vector<std::string> starts = {"", "\x01", "a", "a/", "a0", "\xf4\x8f\xbf\xbf", "zz"};
  for (const auto& name : names.committed) starts.push_back(name);
  for (const std::string prefix : {"", "a", "/"}) {
    for (const std::string delimiter : {"", "/", "a"}) {
      for (const auto& start : starts) {
        for (const std::size_t page : {1u, 3u, 5000u}) {
          const Query query{prefix, delimiter, page != 3, page, start};
          ASSERT_EQ(list_all(harness, query), model(names, query))
              << "prefix " << prefix << " delimiter " << delimiter << " start " << start;
        }
      }
    }
  }
}

TEST(ListBlobs, GivesProperties) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("short", "12345"));
  ASSERT_TRUE(harness.put("long", test::pattern(321, 1)));
  Recorder page;
  ASSERT_TRUE(harness.run(list_blobs(harness.service, request_of({}), page)));
  EXPECT_EQ(page.lengths["short"], 5u);
  EXPECT_EQ(page.lengths["long"], 321u);
}

TEST(ListBlobs, SeesItsOwnContainerOnly) {
  BlobHarness harness;
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "next"}, {}})));
  PutBlob other;
  other.key = {"acct", "next", "theirs"};
  ASSERT_TRUE(harness.put(other, "x"));
  ASSERT_TRUE(harness.put("mine", "x"));
  EXPECT_EQ(list_all(harness, {}), std::vector<std::string>{"b:mine"});
  ListBlobs gone = request_of({});
  gone.key.container = "none";
  Recorder page;
  EXPECT_EQ(harness.run(list_blobs(harness.service, gone, page)).error().code,
            ErrorCode::kContainerNotFound);
}

TEST(ListBlobs, PassesACommonPrefixByOneSeek) {
  BlobHarness harness({.limits = {.inline_body_bytes = 16, .list_rows_visited = 4}});
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(harness.put("dir/" + std::to_string(i), "x"));
  ASSERT_TRUE(harness.put("file", "x"));
  Recorder page;
  const auto result = harness.run(list_blobs(harness.service, request_of({"", "/"}), page));
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->next) << "301 rows, of which two were looked at";
  EXPECT_EQ(page.items, (std::vector<std::string>{"p:dir/", "b:file"}));
}

TEST(ListBlobs, StartsWhereItIsTold) {
  BlobHarness harness;
  for (const char* name : {"a", "b/1", "b/2", "b0", "c"}) ASSERT_TRUE(harness.put(name, "x"));
  const auto from = [&](ListPosition start) {
    ListBlobs request = request_of({});
    request.start = std::move(start);
    Recorder page;
    EXPECT_TRUE(harness.run(list_blobs(harness.service, request, page)));
    return page.items;
  };
  EXPECT_EQ(from({"b/2", false}), (std::vector<std::string>{"b:b/2", "b:b0", "b:c"}));
  EXPECT_EQ(from({"b/", true}), (std::vector<std::string>{"b:b0", "b:c"}));
  EXPECT_EQ(from({"zz", false}), std::vector<std::string>{});
  EXPECT_EQ(from({"", false}).size(), 5u);
}

// Oldest first and before their blob; on every way of cutting pages each is there once.
TEST(ListBlobs, SnapshotsStandBeforeTheirBlob) {
  for (const std::size_t visits : {50'000u, 4u, 3u, 2u, 1u}) {
    BlobHarness harness({.limits = {.inline_body_bytes = 16, .list_rows_visited = visits}});
    std::vector<std::string> with_snapshots;
    std::vector<std::string> without;
    for (const char* name : {"a", "a/b", "b", "c"}) {
      ASSERT_TRUE(harness.put(name, "x"));
      const int count = name[0] == 'a' ? 3 : name[0] == 'b' ? 0 : 1;
      for (int i = 0; i < count; ++i) {
        ASSERT_TRUE(harness.run(snapshot_blob(harness.service, {key_of(name), {}, {}, {}})));
        with_snapshots.push_back("s:" + std::string(name));
      }
      with_snapshots.push_back("b:" + std::string(name));
      without.push_back("b:" + std::string(name));
      ASSERT_TRUE(harness.stage(name, "AAAA", "x"));  // a row between the two
    }
    for (std::size_t page = 1; page <= 12; ++page) {
      SCOPED_TRACE(testing::Message() << "pages of " << page << ", visits " << visits);
      Query query;
      query.page = page;
      query.snapshots = true;
      EXPECT_EQ(list_all(harness, query), with_snapshots);
      query.snapshots = false;
      EXPECT_EQ(list_all(harness, query), without);
      query.delimiter = "/";
      EXPECT_EQ(list_all(harness, query), (std::vector<std::string>{"b:a", "p:a/", "b:b", "b:c"}));
    }
  }
}

// Names that have states of every kind: of accounts that keep versions and what is soft-deleted.
std::vector<std::string> fill_with_states(BlobHarness& harness, FeaturesByAccount& features) {
  const ServicePropertiesChange change{.delete_retention = DeleteRetention{7, false}};
  EXPECT_TRUE(harness.run(set_blob_service_properties(harness.service, {"acct", change})));
  features["acct"].versioning = true;
  const auto put = [&](const char* name) { return harness.put(name, "x")->version; };
  const auto erase = [&](const char* name, std::optional<Timestamp> version) {
    DeleteBlob request;
    request.key = key_of(name);
    request.key.version = version;
    request.snapshots = version ? SnapshotDeletion::kNone : SnapshotDeletion::kInclude;
    EXPECT_TRUE(harness.run(delete_blob(harness.service, std::move(request))));
  };
  const auto first = put("a");
  put("a");
  put("a");
  erase("a", first);
  put("b");
  EXPECT_TRUE(harness.run(snapshot_blob(harness.service, {key_of("b"), {}, {}, {}})));
  erase("b", std::nullopt);
  EXPECT_TRUE(harness.stage("b", "AAAA", "x"));
  put("c/d");
  erase("c/d", std::nullopt);
  put("e");
  features["acct"].versioning = false;
  put("f");
  put("f");
  erase("f", std::nullopt);
  EXPECT_TRUE(harness.stage("g", "AAAA", "x"));
  put("h");
  return {"v-:a",  "v:a",   "b:a", "v:b",  "s-:b", "v:b", "r:b", "u:b",
          "v:c/d", "r:c/d", "b:e", "s-:f", "b-:f", "u:g", "b:h"};
}

TEST(ListBlobs, StatesOfEveryKindAreThereOnEveryWayOfCuttingPages) {
  const auto features = std::make_shared<FeaturesByAccount>();
  for (const std::size_t visits : {50'000u, 7u, 5u, 4u, 3u, 2u, 1u}) {
    BlobHarness harness(
        {.limits = {.inline_body_bytes = 16, .list_rows_visited = visits}, .features = features});
    const std::vector<std::string> states = fill_with_states(harness, *features);
    for (int includes = 0; includes < 32; ++includes) {
      Query query;
      query.uncommitted = (includes & 1) != 0;
      query.snapshots = (includes & 2) != 0;
      query.versions = (includes & 4) != 0;
      query.deleted = (includes & 8) != 0;
      query.versions_only = (includes & 16) != 0;
      std::vector<std::string> expected;
      for (const std::string& state : states) {
        const bool is_deleted = state[1] == '-';
        const std::map<char, bool> shows = {{'s', query.snapshots},
                                            {'v', query.versions},
                                            {'r', query.versions_only},
                                            {'u', query.uncommitted},
                                            {'b', true}};
        if (shows.at(state[0]) && (!is_deleted || query.deleted)) expected.push_back(state);
      }
      for (query.page = 1; query.page <= states.size() + 1; ++query.page) {
        EXPECT_EQ(list_all(harness, query), expected)
            << "pages of " << query.page << ", visits " << visits << ", includes " << includes;
      }
    }
  }
}

}  // namespace
}  // namespace lapis::blob
