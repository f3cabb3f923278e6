// Which containers may be deleted: where something may be protected, those that are empty.
#include <gtest/gtest.h>

#include <functional>

#include "blob/container_protection.h"
#include "lapis/blob/ops/get_container_properties.h"
#include "lapis/blob/ops/list_containers.h"
#include "unit/blob/immutable_box.h"

namespace lapis::blob {
namespace {

using test::ImmutableBox;
using test::kDay;
using test::key_of;

const std::string kNotEmpty = "ContainerImmutableStorageWithVersioningEnabled";

TEST(ProtectedContainer, GoesWhereItIsEmpty) {
  struct Case {
    const char* name;
    std::string said;
    std::function<void(ImmutableBox&)> fill;
  };
  const Case cases[] = {
      {"nothing", "", [](ImmutableBox&) {}},
      {"a blob", kNotEmpty, [](ImmutableBox& box) { ASSERT_TRUE(box.harness.put("b", "x")); }},
      {"a version", kNotEmpty,
       [](ImmutableBox& box) {
         ASSERT_TRUE(box.harness.put("b", "x"));
         ASSERT_EQ(box.erase(key_of("b")), "");
       }},
      {"what is soft-deleted", kNotEmpty,
       [](ImmutableBox& box) {
         box.soft_delete(7);
         ASSERT_TRUE(box.harness.put("b", "x"));
         const BlobKey version = box.version_of("b");
         ASSERT_EQ(box.erase(key_of("b")), "");
         ASSERT_EQ(box.erase(version), "");
       }},
      {"uncommitted blocks", kNotEmpty,
       [](ImmutableBox& box) { ASSERT_TRUE(box.harness.stage("b", "QUFB", "x")); }},
      {"what went", "", [](ImmutableBox& box) {
         ASSERT_TRUE(box.harness.put("b", "x"));
         const BlobKey version = box.version_of("b");
         ASSERT_EQ(box.erase(key_of("b")), "");
         ASSERT_EQ(box.erase(version), "");
       }}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ImmutableBox box;
    // Its neighbours do not count.
    ASSERT_TRUE(box.harness.run(create_container(box.harness.service, {{"acct", "more"}, {}})));
    PutBlob request;
    request.key = {"acct", "more", "b"};
    ASSERT_TRUE(box.harness.put(request, "x"));
    c.fill(box);
    EXPECT_EQ(box.delete_container(), c.said);
    ASSERT_TRUE(box.harness.reclaim());
    EXPECT_EQ(box.delete_container(), c.said.empty() ? "ContainerNotFound" : c.said);
  }
}

TEST(ProtectedContainer, GoesWithAllItHoldsWhereNothingEverWasProtected) {
  ImmutableBox box;
  box.switch_to(true, false);
  ASSERT_TRUE(box.harness.put("b", "x"));
  const std::uint64_t before = box.harness.meta.counts.snapshots;
  EXPECT_EQ(box.delete_container(), "");
  EXPECT_EQ(box.harness.meta.counts.snapshots, before) << "nobody has to look";
}

TEST(ProtectedContainer, StaysWhereSomethingIsProtectedThoughTheSwitchIsOff) {
  struct Case {
    const char* name;
    std::function<void(ImmutableBox&)> protect;
  };
  const Case cases[] = {
      {"a hold", [](ImmutableBox& box) { ASSERT_EQ(box.hold(key_of("b")), ""); }},
      {"a policy",
       [](ImmutableBox& box) { ASSERT_EQ(box.set_policy(key_of("b"), box.policy(kDay)), ""); }},
      {"a blob that began with one", [](ImmutableBox& box) {
         PutBlob request;
         request.key = key_of("c");
         request.protection.legal_hold = true;
         ASSERT_TRUE(box.harness.put(request, "x"));
       }}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ImmutableBox box;
    ASSERT_TRUE(box.harness.put("b", "x"));
    c.protect(box);
    box.switch_to(true, false);
    EXPECT_EQ(box.delete_container(), kNotEmpty);
    EXPECT_EQ(test::past_findings(box.harness.rows), std::vector<std::string>{});
  }
}

TEST(ProtectedContainer, IsShownByTheAccountsSwitch) {
  ImmutableBox box;
  for (const bool on : {true, false}) {
    box.switch_to(true, on);
    const auto one =
        box.harness.run(get_container_properties(box.harness.service, {{"acct", "box"}, {}}));
    ASSERT_TRUE(one);
    EXPECT_EQ(one->immutable_storage, on);
    ListContainers request;
    request.account = "acct";
    const auto all = box.harness.run(list_containers(box.harness.service, request));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->immutable_storage, on);
  }
}

TEST(ProtectedContainer, IsDeletedByWhatWasSeen) {
  constexpr ContainerId kBox{7};
  struct Case {
    bool immutable;
    std::uint64_t protections;
    std::optional<SeenEmpty> seen;
    bool may;
  };
  const Case cases[] = {
      {false, 0, {}, true},
      {false, 0, SeenEmpty{kBox, 5}, true},
      {false, 5, {}, false},
      {false, 5, SeenEmpty{kBox, 5}, true},
      {false, 6, SeenEmpty{kBox, 5}, false},
      {true, 0, {}, false},
      {true, 0, SeenEmpty{kBox, 0}, true},
      {true, 0, SeenEmpty{ContainerId{8}, 0}, false},
      {true, 5, SeenEmpty{kBox, 0}, false},
  };
  for (const Case& c : cases) {
    const AccountFeatures features{.versioning = true, .immutable_storage = c.immutable};
    const ContainerState state{.protections = c.protections};
    EXPECT_EQ(may_be_deleted(features, kBox, state, c.seen), c.may)
        << c.immutable << " " << c.protections;
  }
}

// A program that knew nothing of policies could have written such a row.
TEST(ProtectedContainer, ThatDoesNotSaySoIsToldOf) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.put("b", "x"));
  ASSERT_EQ(box.hold(key_of("b")), "");
  auto forget = [](storage::MetaView& view) -> Result<void> {
    view.put(container_state_key(ContainerId{1}), encode(ContainerState{}));
    return {};
  };
  ASSERT_TRUE(box.harness.run(box.harness.rows.transact({}, std::move(forget))));
  EXPECT_EQ(test::past_findings(box.harness.rows), std::vector<std::string>{"protections"});
}

}  // namespace
}  // namespace lapis::blob
