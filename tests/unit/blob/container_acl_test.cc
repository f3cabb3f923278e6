// What a container grants: set as a whole, and in force at once for every shard's service.
#include <gtest/gtest.h>

#include "lapis/blob/ops/create_container.h"
#include "lapis/blob/ops/get_container_acl.h"
#include "lapis/blob/ops/list_containers.h"
#include "lapis/blob/ops/set_container_acl.h"
#include "lapis/blob/ops/set_container_metadata.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;

const ContainerKey kBox{"acct", "box"};
const ContainerAccess kReaders{PublicAccess::kBlob, {{"one", {}, Timestamp(Ticks(5)), "rl"}}};

Result<std::shared_ptr<const ContainerProperties>> acl(BlobHarness& harness, Service& service) {
  return harness.run(get_container_acl(service, {kBox}));
}

TEST(SetContainerAcl, ReplacesAllAndLeavesTheRest) {
  BlobHarness harness;
  ASSERT_TRUE(harness.run(set_container_metadata(harness.service, {kBox, {{"k", "v"}}, {}, {}})));
  const auto before = acl(harness, harness.service);
  EXPECT_EQ((*before)->access, ContainerAccess{});
  const auto set = harness.run(set_container_acl(harness.service, {kBox, kReaders, {}, {}}));
  ASSERT_TRUE(set);
  const auto after = acl(harness, harness.service);
  EXPECT_EQ((*after)->access, kReaders);
  EXPECT_EQ((*after)->metadata, (Metadata{{"k", "v"}}));
  EXPECT_EQ((*after)->etag, set->etag);
  EXPECT_NE((*before)->etag, set->etag);
  const auto listed = harness.run(list_containers(harness.service, {"acct", "", {}}));
  EXPECT_EQ(listed->items.at(0).properties.access.level, PublicAccess::kBlob);
  ASSERT_TRUE(harness.run(set_container_metadata(harness.service, {kBox, {}, {}, {}})));
  EXPECT_EQ((*acl(harness, harness.service))->access, kReaders);
  ASSERT_TRUE(harness.run(set_container_acl(harness.service, {kBox, {}, {}, {}})));
  EXPECT_EQ((*acl(harness, harness.service))->access, ContainerAccess{});
}

TEST(SetContainerAcl, IsInForceForOtherServicesAtOnce) {
  BlobHarness harness;
  Service other(harness.rows, harness.chunks, harness.blocking, harness.clock, Limits{}, 1 << 20,
                harness.service.epochs);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ((*acl(harness, other))->access, ContainerAccess{});
    ASSERT_TRUE(harness.run(set_container_acl(harness.service, {kBox, kReaders, {}, {}})));
    EXPECT_EQ((*acl(harness, other))->access, kReaders);
    ASSERT_TRUE(harness.run(set_container_acl(harness.service, {kBox, {}, {}, {}})));
  }
}

TEST(SetContainerAcl, Refusals) {
  BlobHarness harness;
  const auto second = std::chrono::seconds(1);
  const Timestamp modified = (*acl(harness, harness.service))->last_modified;
  struct Case {
    ContainerKey key;
    Conditions conditions;
    std::optional<LeaseId> lease;
    ErrorCode error;
  };
  const Case cases[] = {
      {{"acct", "none"}, {}, {}, ErrorCode::kContainerNotFound},
      {kBox, {}, LeaseId{}, ErrorCode::kLeaseNotPresentWithContainerOperation},
      {kBox, {.if_modified_since = modified + second}, {}, ErrorCode::kConditionNotMet},
      {kBox, {.if_unmodified_since = modified - second}, {}, ErrorCode::kConditionNotMet},
  };
  for (const Case& c : cases) {
    const auto set =
        harness.run(set_container_acl(harness.service, {c.key, kReaders, c.conditions, c.lease}));
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, c.error);
  }
  EXPECT_EQ((*acl(harness, harness.service))->access, ContainerAccess{});
}

TEST(CreateContainer, CanMakeItPublic) {
  BlobHarness harness;
  const ContainerKey key{"acct", "open"};
  ASSERT_TRUE(harness.run(create_container(harness.service, {key, {}, PublicAccess::kContainer})));
  const auto found = harness.run(get_container_acl(harness.service, {key}));
  EXPECT_EQ((*found)->access.level, PublicAccess::kContainer);
}

}  // namespace
}  // namespace lapis::blob
