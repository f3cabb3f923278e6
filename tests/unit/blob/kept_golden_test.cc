// Containers that are kept after their deletion as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/kept_containers.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

constexpr Ticks kTime(17'953'812'000'000'000);

ContainerRecord kept() {
  ContainerRecord container{ContainerId{258}, {Etag{258}, Timestamp(kTime), Metadata{{"k", "v"}}}};
  container.properties.deletion = Deletion{Timestamp(kTime), ServiceTime(kTime + Ticks(500))};
  return container;
}

std::string keys() {
  return test::key_lines(
      {{"kept_container", kept_container_key("acct", "photos", Timestamp(kTime))},
       {"expiry_of_container", container_expiry_key(ServiceTime(kTime), ContainerId{258})}});
}

test::Goldens goldens() {
  return {{"blob/kept_keys", keys()},
          {"blob/container_kept", encode(kept())},
          {"blob/container_state_kept", encode(ContainerState{.deleted = kKept})}};
}

TEST(KeptGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(KeptGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(KeptGolden, TheFilesAreRead) {
  const auto container = decode_kept(test::read_golden("blob/container_kept"));
  ASSERT_TRUE(container) << to_string(container.error());
  EXPECT_EQ(container->id, ContainerId{258});
  EXPECT_EQ(container->properties.deletion->at, Timestamp(kTime));
  EXPECT_EQ(container->properties.deletion->until, ServiceTime(kTime + Ticks(500)));
  const auto state = decode_container_state(test::read_golden("blob/container_state_kept"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->deleted, kKept);
  EXPECT_FALSE(is_ended(*state));
  EXPECT_FALSE(decode_kept(test::read_golden("blob/container"))) << "it was not deleted";
}

}  // namespace
}  // namespace lapis::blob
