// A pending copy as files (support/golden.h, docs/formats.md).
#include <gtest/gtest.h>

#include "blob/pending_state.h"
#include "support/golden.h"

namespace lapis::blob {
namespace {

Guid id() {
  Guid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(i + 1);
  return id;
}

PendingCopy full() {
  PendingCopy copy;
  copy.id = id();
  copy.container = ContainerId{258};
  copy.key = {"acct", "box", "name"};
  copy.source.url = "https://host/c/b?sig=s";
  copy.source.authorization = "Bearer t";
  copy.source.file_intent = "backup";
  copy.source.if_match = "\"0x1\"";
  copy.source.asked_host = "host:1";
  copy.source.asked_securely = true;
  copy.source.asked_by = "10.0.0.1";
  copy.length = 1ull << 33;
  copy.md5.emplace();
  copy.md5->fill(std::byte{7});
  copy.append_blocks = 3;
  copy.sealed = true;
  copy.began = Timestamp(Ticks(17'673'230'450'000'000));
  return copy;
}

test::Goldens goldens() {
  return {{"blob/pending_copy_key", test::key_lines({{"copy", pending_copy_key(id())}})},
          {"blob/pending_copy", encode_pending_copy(full())}};
}

TEST(PendingGolden, TodaysBytesAreThoseOfTheFiles) { test::expect_golden_bytes(goldens()); }

TEST(PendingGolden, DISABLED_WriteGoldenFiles) { test::write_goldens(goldens()); }

TEST(PendingGolden, TheFilesAreRead) {
  const auto copy = decode_pending_copy(id(), test::read_golden("blob/pending_copy"));
  ASSERT_TRUE(copy) << to_string(copy.error());
  EXPECT_EQ(encode_pending_copy(*copy), encode_pending_copy(full()));
  EXPECT_EQ(copy->source.url, full().source.url);
  EXPECT_EQ(copy->md5, full().md5);
  EXPECT_EQ(parse_pending_copy_key(pending_copy_key(id())), id());
}

TEST(PendingGolden, OtherKeysAreNone) {
  EXPECT_FALSE(parse_pending_copy_key(pending_copy_key(id()) + "x"));
  EXPECT_FALSE(parse_pending_copy_key(pending_copy_key(id()).substr(0, 16)));
}

}  // namespace
}  // namespace lapis::blob
