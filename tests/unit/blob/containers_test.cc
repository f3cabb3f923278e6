// Create, delete, properties and listing of containers.
#include <gtest/gtest.h>

#include "lapis/blob/ops/create_container.h"
#include "lapis/blob/ops/delete_container.h"
#include "lapis/blob/ops/get_container_properties.h"
#include "lapis/blob/ops/list_containers.h"
#include "lapis/blob/ops/set_container_metadata.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

const LeaseId kSomeLease = LeaseId::make();

using test::BlobHarness;

Result<ContainerProperties> properties(BlobHarness& harness, const ContainerKey& key) {
  LAPIS_TRY(auto result, harness.run(get_container_properties(harness.service, {key, {}})));
  return std::move(result.properties);
}

TEST(CreateContainer, StoresMetadataAndGivesAnEtag) {
  BlobHarness harness;
  const ContainerKey key{"acct", "new"};
  const auto created = harness.run(create_container(harness.service, {key, {{"Key", "v"}}}));
  ASSERT_TRUE(created);
  const auto found = properties(harness, key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->etag, created->etag);
  EXPECT_EQ(found->last_modified, harness.clock.now());
  EXPECT_EQ(found->metadata, (Metadata{{"Key", "v"}}));
}

TEST(CreateContainer, OfAnExistingNameIsRefused) {
  BlobHarness harness;
  const auto again = harness.run(create_container(harness.service, {{"acct", "box"}, {}}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kContainerAlreadyExists);
  EXPECT_TRUE(harness.run(create_container(harness.service, {{"other", "box"}, {}})));
}

TEST(GetContainerProperties, ChecksTheLease) {
  BlobHarness harness;
  EXPECT_EQ(properties(harness, {"acct", "none"}).error().code, ErrorCode::kContainerNotFound);
  const auto leased =
      harness.run(get_container_properties(harness.service, {{"acct", "box"}, kSomeLease}));
  EXPECT_EQ(leased.error().code, ErrorCode::kLeaseNotPresentWithContainerOperation);
}

TEST(DeleteContainer, HidesAllItHeldAndFreesTheName) {
  BlobHarness harness;
  ASSERT_TRUE(harness.put("a", test::pattern(300, 1)));
  ASSERT_TRUE(harness.stage("b", "AAAA", test::pattern(40, 2)));
  const auto commits = harness.rows.commits();
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  EXPECT_EQ(harness.rows.commits(), commits + 1);
  EXPECT_EQ(harness.get("a").error().code, ErrorCode::kContainerNotFound);
  EXPECT_EQ(harness.put("a", "x").error().code, ErrorCode::kContainerNotFound);
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "box"}, {}})));
  EXPECT_EQ(harness.get("a").error().code, ErrorCode::kBlobNotFound);
  EXPECT_EQ(harness.blocks("b").error().code, ErrorCode::kBlobNotFound);
  ASSERT_TRUE(harness.put("a", "new life"));
  ASSERT_TRUE(harness.reclaim());
  EXPECT_EQ(harness.get("a"), "new life");
  EXPECT_EQ(harness.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness.rows_of(storage::Table::kContainerState), 1u);
  EXPECT_EQ(harness.rows_of(storage::Table::kBlob), 1u);
}

TEST(DeleteContainer, TakesDatesAsConditions) {
  BlobHarness harness;
  const Timestamp modified = properties(harness, {"acct", "box"})->last_modified;
  struct Case {
    std::string name;
    Conditions conditions;
    std::optional<LeaseId> lease;
    std::optional<ErrorCode> error;
  };
  const auto second = std::chrono::seconds(1);
  const Case cases[] = {
      {"Lease", {}, kSomeLease, ErrorCode::kLeaseNotPresentWithContainerOperation},
      {"Modified", {.if_unmodified_since = modified - second}, {}, ErrorCode::kConditionNotMet},
      {"Unmodified", {.if_modified_since = modified}, {}, ErrorCode::kConditionNotMet},
      {"Met", {.if_modified_since = modified - second}, {}, {}},
      {"Gone", {}, {}, ErrorCode::kContainerNotFound},
  };
  for (const Case& c : cases) {
    const auto result =
        harness.run(delete_container(harness.service, {{"acct", "box"}, c.conditions, c.lease}));
    EXPECT_EQ(result.has_value(), !c.error) << c.name;
    if (c.error && !result) {
      EXPECT_EQ(result.error().code, *c.error) << c.name;
    }
  }
}

TEST(SetContainerMetadata, ReplacesAllAndGivesANewEtag) {
  BlobHarness harness;
  const ContainerKey key{"acct", "box"};
  ASSERT_TRUE(harness.put("kept", "content"));
  const auto before = properties(harness, key);
  harness.clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(harness.run(set_container_metadata(harness.service, {key, {{"a", "1"}}, {}, {}})));
  const Metadata second{{"B", "2"}, {"c", ""}};
  const auto set = harness.run(set_container_metadata(harness.service, {key, second, {}, {}}));
  ASSERT_TRUE(set);
  const auto after = properties(harness, key);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->metadata, second);
  EXPECT_EQ(after->etag, set->etag);
  EXPECT_NE(after->etag, before->etag);
  EXPECT_EQ(after->last_modified, set->last_modified);
  EXPECT_EQ(after->last_modified, harness.clock.now());
  EXPECT_EQ(harness.get("kept"), "content");
  ASSERT_TRUE(harness.run(set_container_metadata(harness.service, {key, {}, {}, {}})));
  EXPECT_TRUE(properties(harness, key)->metadata.empty());
}

TEST(SetContainerMetadata, ChangesNothingWhereItFails) {
  BlobHarness harness;
  const ContainerKey key{"acct", "box"};
  const auto before = properties(harness, key);
  struct Case {
    std::string name;
    ContainerKey key;
    Conditions conditions;
    std::optional<LeaseId> lease;
    ErrorCode error;
  };
  const Conditions unmet{.if_modified_since = before->last_modified};
  const Case cases[] = {
      {"Missing", {"acct", "none"}, unmet, kSomeLease, ErrorCode::kContainerNotFound},
      {"LeaseFirst", key, unmet, kSomeLease, ErrorCode::kLeaseNotPresentWithContainerOperation},
      {"Unmodified", key, unmet, {}, ErrorCode::kConditionNotMet},
  };
  for (const Case& c : cases) {
    const auto result = harness.run(
        set_container_metadata(harness.service, {c.key, {{"a", "1"}}, c.conditions, c.lease}));
    ASSERT_FALSE(result) << c.name;
    EXPECT_EQ(result.error().code, c.error) << c.name;
    EXPECT_EQ(properties(harness, key)->etag, before->etag) << c.name;
  }
}

TEST(SetContainerMetadata, LastModifiedNeverGoesBack) {
  BlobHarness harness;
  const ContainerKey key{"acct", "box"};
  const auto before = properties(harness, key);
  harness.clock.set(before->last_modified - std::chrono::hours(1));
  const auto set = harness.run(set_container_metadata(harness.service, {key, {}, {}, {}}));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->last_modified, before->last_modified);
}

std::vector<std::string> list_all(BlobHarness& harness, const std::string& prefix,
                                  std::size_t page) {
  std::vector<std::string> names;
  ListContainers request{"acct", prefix, {}, page};
  for (int rounds = 0; rounds < 100; ++rounds) {
    const auto result = harness.run(list_containers(harness.service, request));
    EXPECT_LE(result->items.size(), page);
    for (const auto& item : result->items) names.push_back(item.name);
    if (result->next.name.empty()) return names;
    EXPECT_EQ(result->items.size(), page);
    request.start = result->next;
  }
  ADD_FAILURE() << "never ends";
  return names;
}

TEST(ListContainers, PagesAreExactAtEveryBorder) {
  BlobHarness harness;
  const std::vector<std::string> mine = {"a", "a-b", "ab", "abc", "b", "box", "zz"};
  for (const auto& name : mine) {
    if (name != "box") {
      ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", name}, {}})));
    }
  }
  for (const char* account : {"acc", "acct2", "aaa", "z"}) {
    ASSERT_TRUE(harness.run(create_container(harness.service, {{account, "other"}, {}})));
  }
  for (const std::string prefix : {"", "a", "ab", "abc", "b", "c", "zzz"}) {
    std::vector<std::string> expected;
    for (const auto& name : mine) {
      if (name.starts_with(prefix)) expected.push_back(name);
    }
    for (std::size_t page = 1; page <= mine.size() + 1; ++page) {
      EXPECT_EQ(list_all(harness, prefix, page), expected) << prefix << " " << page;
    }
  }
}

TEST(ListContainers, ForgetsDeletedOnes) {
  BlobHarness harness;
  ASSERT_TRUE(harness.run(delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  EXPECT_TRUE(list_all(harness, "", 5).empty());
}

}  // namespace
}  // namespace lapis::blob
