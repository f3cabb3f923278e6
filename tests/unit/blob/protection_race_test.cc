// A policy or a hold that comes in between: between what an operation has seen and what it does.
// Whichever is first, nothing that is protected goes.
#include <gtest/gtest.h>

#include <functional>

#include "blob/keys.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "unit/blob/immutable_box.h"

namespace lapis::blob {
namespace {

using test::ImmutableBox;
using test::kDay;
using test::key_of;
using test::latest;
using test::outcome;

// `before` an operation's next transaction.
void step_in(ImmutableBox& box, std::function<io::Task<void>()> before) {
  box.harness.meta.before_transaction = std::move(before);
}

// Puts `key` on hold before the next transaction of something else.
void hold_before(ImmutableBox& box, const BlobKey& key) {
  step_in(box, [&box, key]() -> io::Task<void> {
    EXPECT_TRUE(co_await set_blob_legal_hold(box.harness.service, {key, true}));
  });
}
void lock_before(ImmutableBox& box, const BlobKey& key) {
  step_in(box, [&box, key]() -> io::Task<void> {
    const SetBlobImmutabilityPolicy request{key, box.policy(kDay, true), {}};
    EXPECT_TRUE(co_await set_blob_immutability_policy(box.harness.service, request));
  });
}

TEST(ProtectionRace, ADeletionComesTooLate) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.put("b", "content"));
  const BlobKey version = box.version_of("b");
  const BlobKey snapshot = box.snapshot("b");
  lock_before(box, version);
  EXPECT_EQ(box.erase(version), "BlobImmutableDueToPolicy");
  hold_before(box, snapshot);
  EXPECT_EQ(box.erase(snapshot), "BlobImmutableDueToLegalHold");
  for (const BlobKey& key : {version, snapshot}) EXPECT_EQ(box.content(key), "content");
}

TEST(ProtectionRace, SnapshotsThatAreListedForDeletionStay) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.put("b", "content"));
  const BlobKey snapshot = box.snapshot("b");
  // The first transaction finds that they have to be listed; the second would delete them.
  step_in(box, [&]() -> io::Task<void> {
    hold_before(box, snapshot);
    co_return;
  });
  EXPECT_EQ(box.erase(key_of("b"), SnapshotDeletion::kInclude), "BlobImmutableDueToLegalHold");
  EXPECT_EQ(box.content(snapshot), "content");
  EXPECT_EQ(box.content(key_of("b")), "content");
}

TEST(ProtectionRace, AProtectionComesTooLate) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.put("b", "content"));
  const BlobKey version = box.version_of("b");
  ASSERT_TRUE(box.harness.put("b", "new"));
  step_in(box, [&]() -> io::Task<void> {
    DeleteBlob request;
    request.key = version;
    EXPECT_TRUE(co_await delete_blob(box.harness.service, request));
  });
  EXPECT_EQ(box.hold(version), "BlobNotFound");
  EXPECT_FALSE(box.find(version));
}

TEST(ProtectionRace, ABlobThatIsWrittenOverMeanwhileIsProtectedAsItWas) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.put("b", "content"));
  const BlobKey version = box.version_of("b");
  hold_before(box, key_of("b"));
  ASSERT_TRUE(box.harness.put("b", "new"));
  EXPECT_TRUE(box.find(version)->legal_hold);
  EXPECT_FALSE(box.find(key_of("b"))->legal_hold);
  // By its name the current one is meant, whichever that is then.
  step_in(box, [&]() -> io::Task<void> {
    box.harness.clock.advance(std::chrono::seconds(1));
    PutBlob request;
    request.key = key_of("b");
    request.content_length = 3;
    test::TextSource source("two");
    EXPECT_TRUE(co_await put_blob(box.harness.service, request, source));
  });
  EXPECT_EQ(box.hold(key_of("b")), "");
  EXPECT_TRUE(box.find(key_of("b"))->legal_hold);
  EXPECT_EQ(box.content(key_of("b")), "two");
}

TEST(ProtectionRace, AChangeThatPassedTheFirstLookComesTooLate) {
  ImmutableBox box;
  ASSERT_TRUE(box.harness.create_append_blob("b"));
  hold_before(box, key_of("b"));
  EXPECT_EQ(outcome(box.harness.append("b", "more")), "BlobImmutableDueToLegalHold");
  EXPECT_EQ(box.content(key_of("b")), "");
  lock_before(box, key_of("b"));
  SetBlobMetadata metadata;
  metadata.key = key_of("b");
  EXPECT_EQ(outcome(box.harness.run(set_blob_metadata(box.harness.service, metadata))),
            "BlobImmutableDueToLegalHold");
}

// A list that was prepared for a blob that goes: the policy changes neither ETag nor body.
TEST(ProtectionRace, AListThatWasPreparedLooksAgain) {
  for (const bool keeps_some : {false, true}) {
    ImmutableBox box;
    box.switch_to(false, true);  // nothing becomes a version but what is protected
    ASSERT_TRUE(box.harness.stage("b", "QUFB", test::pattern(300, 1)));
    ASSERT_TRUE(box.harness.stage("b", "QkJC", test::pattern(30, 2)));
    ASSERT_TRUE(box.harness.commit("b", latest({"QUFB", "QkJC"})));
    const std::string content = box.content(key_of("b")).value();
    ASSERT_TRUE(box.harness.stage("b", "Q0ND", test::pattern(40, 3)));
    hold_before(box, key_of("b"));
    const auto list = keeps_some ? latest({"QUFB", "Q0ND"}) : latest({"Q0ND"});
    ASSERT_TRUE(box.harness.commit("b", list));
    ASSERT_TRUE(box.harness.reclaim());
    BlobKey version = key_of("b");
    for (const auto& [key, value] : box.harness.rows.rows()) {
      const auto name = parse_name_key(key);
      if (name && name->row == NameRow::kPast) version.version = name->time;
    }
    ASSERT_TRUE(version.version) << "nothing is kept";
    EXPECT_EQ(box.content(version), content);
    EXPECT_EQ(box.erase(version), "BlobImmutableDueToLegalHold");
  }
}

TEST(ProtectionRace, AContainerThatWasSeenEmptyIsLookedAtAgain) {
  for (const bool immutable : {true, false}) {
    ImmutableBox box;
    if (!immutable) {
      // What was protected once makes its deletion look, whatever the switch says.
      ASSERT_TRUE(box.harness.put("old", "x"));
      ASSERT_EQ(box.hold(key_of("old")), "");
      const BlobKey old = box.version_of("old");
      ASSERT_EQ(box.erase(key_of("old")), "");
      ASSERT_EQ(box.hold(old, false), "");
      ASSERT_EQ(box.erase(old), "");
      box.switch_to(true, false);
    }
    // The first transaction finds that it has to be looked at; before the second it is not empty.
    step_in(box, [&]() -> io::Task<void> {
      step_in(box, [&]() -> io::Task<void> {
        box.switch_to(true, true);
        PutBlob request;
        request.key = key_of("b");
        request.content_length = 7;
        request.protection.legal_hold = true;
        test::TextSource source("content");
        EXPECT_TRUE(co_await put_blob(box.harness.service, request, source));
      });
      co_return;
    });
    EXPECT_EQ(box.delete_container(), "ContainerImmutableStorageWithVersioningEnabled");
    EXPECT_EQ(box.content(key_of("b")), "content");
  }
}

}  // namespace
}  // namespace lapis::blob
