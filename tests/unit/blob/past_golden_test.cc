// Past states, roots and the ends of retentions as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/records.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

Timestamp ticks(std::int64_t count) { return Timestamp(Ticks(count)); }

BlobProperties properties() {
  BlobProperties p;
  p.etag.value = 7;
  p.created = ticks(16);
  p.last_modified = ticks(300);
  p.content_length = 5;
  return p;
}

BlobProperties deleted_version() {
  BlobProperties p = properties();
  p.version = ticks(300);
  p.deletion = Deletion{ticks(400), ServiceTime(Ticks(500))};
  return p;
}

// One that only counts.
BlobProperties root() {
  BlobProperties p = properties();
  p.snapshots = 1;
  p.versions = 2;
  p.deleted_snapshots = 3;
  p.deleted_versions = 4;
  p.last_past = ticks(300);
  p.past_changes = 9;
  return p;
}

Body short_body() {
  Body body;
  body.inline_bytes = "hello";
  return body;
}

std::string keys() {
  const ContainerId container{258};
  const Ticks time(17'953'812'000'000'000);
  const ServiceTime until(time);
  return test::key_lines(
      {{"root", root_key(container, "a/b.txt")},
       {"expiry_of_past", expiry_key(until, container, "a/b.txt", Timestamp(time - Ticks(1)))},
       {"expiry_of_root", expiry_key(until, container, "a/b.txt", std::nullopt)}});
}

BlobProperties immutable() {
  BlobProperties p;
  p.etag.value = 7;
  p.created = ticks(16);
  p.last_modified = ticks(300);
  p.content_length = 5;
  p.http.content_type = "a/b";
  p.metadata = {{"k", "v"}};
  p.tier = AccessTier::kCool;
  p.tier_inferred = false;
  p.tier_changed = ticks(17);
  p.immutability = ImmutabilityPolicy{Timestamp(Ticks(17'953'812'000'000'000)), true};
  p.legal_hold = true;
  return p;
}

test::Goldens goldens() {
  ServiceProperties keeping;
  keeping.delete_retention = {7, true};
  return {{"blob/past_states", keys()},
          {"blob/deleted_version", encode_blob(deleted_version(), encode_body(short_body()))},
          {"blob/root", encode_blob(root(), encode_body(Body{}))},
          {"blob/container_with_roots", encode(ContainerState{.has_roots = true})},
          {"blob/blob_immutable", encode_blob(immutable(), encode_body(short_body()))},
          {"blob/container_protected", encode(ContainerState{.protections = 300})},
          {"blob/service_properties_keeping", encode(keeping)}};
}

TEST(PastGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(PastGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(PastGolden, TheFilesAreRead) {
  const auto past = decode_blob(test::read_golden("blob/deleted_version"));
  ASSERT_TRUE(past) << to_string(past.error());
  EXPECT_EQ(past->properties.version, ticks(300));
  ASSERT_TRUE(past->properties.deletion);
  EXPECT_EQ(past->properties.deletion->at, ticks(400));
  EXPECT_EQ(past->properties.deletion->until, ServiceTime(Ticks(500)));
  const auto counts = decode_root(test::read_golden("blob/root"));
  ASSERT_TRUE(counts) << to_string(counts.error());
  EXPECT_EQ(counts->properties.versions, 2u);
  EXPECT_EQ(counts->properties.deleted_snapshots, 3u);
  EXPECT_EQ(counts->properties.deleted_versions, 4u);
  EXPECT_TRUE(decode_container_state(test::read_golden("blob/container_with_roots"))->has_roots);
  const auto keeping =
      decode_service_properties(test::read_golden("blob/service_properties_keeping"));
  EXPECT_EQ(keeping->delete_retention, (DeleteRetention{7, true}));
}

TEST(PastGolden, ProtectionIsRead) {
  const auto blob = decode_blob(test::read_golden("blob/blob_immutable"));
  ASSERT_TRUE(blob) << to_string(blob.error());
  ASSERT_TRUE(blob->properties.immutability);
  EXPECT_EQ(blob->properties.immutability->until, immutable().immutability->until);
  EXPECT_TRUE(blob->properties.immutability->locked);
  EXPECT_TRUE(blob->properties.legal_hold);
  EXPECT_EQ(blob->properties.http.content_type, "a/b");
  EXPECT_EQ(decode_container_state(test::read_golden("blob/container_protected"))->protections,
            300u);
}

TEST(PastGolden, KeysGoBothWays) {
  const ContainerId container{258};
  for (const std::optional<Timestamp> state :
       {std::optional<Timestamp>{}, std::optional(ticks(5))}) {
    const std::string key = expiry_key(ServiceTime(Ticks(9)), container, "n", state);
    const auto parsed = parse_expiry_key(key);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->until, ServiceTime(Ticks(9)));
    EXPECT_EQ(parsed->container, container);
    EXPECT_EQ(parsed->name, "n");
    EXPECT_EQ(parsed->state, state);
    EXPECT_LT(key, expiry_end(ServiceTime(Ticks(9))));
    EXPECT_GE(key, expiry_end(ServiceTime(Ticks(8))));
    EXPECT_FALSE(parse_expiry_key(key.substr(0, key.size() - 1)));
  }
  const std::string root = root_key(container, "n");
  EXPECT_EQ(parse_name_key(root)->row, NameRow::kRoot);
  EXPECT_LT(past_key(container, "n", Timestamp::max()), root);
  EXPECT_LT(root, upload_key(container, "n"));
}

}  // namespace
}  // namespace lapis::blob
