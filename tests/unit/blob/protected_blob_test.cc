// What each operation does to a state that bears a policy or a hold, as a table; and that nothing
// protected is lost by what an operation does besides.
#include <gtest/gtest.h>

#include <functional>

#include "blob/records.h"
#include "lapis/blob/ops/append_blob_seal.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "lapis/blob/ops/undelete_blob.h"
#include "unit/blob/immutable_box.h"

namespace lapis::blob {
namespace {

using test::ImmutableBox;
using test::kDay;
using test::key_of;
using test::latest;
using test::outcome;

// What an operation is for a state that is protected.
enum class Kind : std::uint8_t {
  kReplaces,  // works: the state becomes a previous version, protected as before
  kTouches,   // works, beside what is protected
  kChanges,   // would change it where it is
  kErases,    // would delete it
};

struct Operation {
  const char* name;
  Kind kind;
  std::function<std::string(ImmutableBox&)> run;  // on "b"; what it says
  BlobType type = BlobType::kBlock;
};

PutBlob made(BlobType type) {
  PutBlob request;
  request.key = key_of("b");
  request.type = type;
  return request;
}

void make(ImmutableBox& box, BlobType type) {
  if (type == BlobType::kAppend) {
    ASSERT_TRUE(box.harness.create_append_blob("b"));
    ASSERT_TRUE(box.harness.append("b", "content"));
  } else if (type == BlobType::kPage) {
    ASSERT_TRUE(box.harness.run(put_page_blob(box.harness.service, {made(type), 1024, 0})));
  } else {
    ASSERT_TRUE(box.harness.put("b", "content"));
  }
}

std::string set_of_pages(ImmutableBox& box, std::optional<std::uint64_t> length,
                         std::optional<std::uint64_t> number) {
  SetBlobProperties request;
  request.key = key_of("b");
  request.keeps_http = true;
  request.length = length;
  if (number) request.sequence = SequenceChange{SequenceAction::kUpdate, *number};
  return outcome(box.harness.run(set_blob_properties(box.harness.service, std::move(request))));
}

std::string write_page(ImmutableBox& box) {
  test::TextSource source(std::string(512, 'x'));
  return outcome(
      box.harness.run(put_page(box.harness.service, PutPage{key_of("b"), {0, 512}}, source)));
}

const Operation kOperations[] = {
    {"put", Kind::kReplaces,
     [](ImmutableBox& box) { return outcome(box.harness.put("b", "new")); }},
    {"put append blob", Kind::kReplaces,
     [](ImmutableBox& box) { return outcome(box.harness.create_append_blob("b")); },
     BlobType::kAppend},
    {"put page blob", Kind::kReplaces,
     [](ImmutableBox& box) {
       return outcome(
           box.harness.run(put_page_blob(box.harness.service, {made(BlobType::kPage), 512, 0})));
     },
     BlobType::kPage},
    {"put block list", Kind::kReplaces,
     [](ImmutableBox& box) {
       EXPECT_TRUE(box.harness.stage("b", "QUFB", "block"));
       return outcome(box.harness.commit("b", latest({"QUFB"})));
     }},
    {"copy onto itself", Kind::kReplaces,
     [](ImmutableBox& box) { return box.copy(key_of("b"), "b"); }},
    {"copy over", Kind::kReplaces,
     [](ImmutableBox& box) {
       EXPECT_TRUE(box.harness.put("other", "other"));
       return box.copy(key_of("other"), "b");
     }},
    {"snapshot", Kind::kReplaces,
     [](ImmutableBox& box) { return box.snapshot("b").snapshot ? "" : "nothing taken"; }},
    {"delete", Kind::kReplaces, [](ImmutableBox& box) { return box.erase(key_of("b")); }},
    {"delete with snapshots", Kind::kReplaces,
     [](ImmutableBox& box) { return box.erase(key_of("b"), SnapshotDeletion::kInclude); }},
    {"put block", Kind::kTouches,
     [](ImmutableBox& box) { return outcome(box.harness.stage("b", "QUFB", "block")); }},
    {"tier", Kind::kTouches,
     [](ImmutableBox& box) {
       return outcome(box.harness.run(
           set_blob_tier(box.harness.service, {key_of("b"), AccessTier::kCool, {}})));
     }},
    {"tags", Kind::kTouches,
     [](ImmutableBox& box) {
       return outcome(box.harness.run(
           set_blob_tags(box.harness.service, {key_of("b"), {{"k", "v"}}, {}, {}})));
     }},
    {"copy from it", Kind::kTouches,
     [](ImmutableBox& box) { return box.copy(key_of("b"), "copy"); }},
    {"metadata", Kind::kChanges,
     [](ImmutableBox& box) {
       return outcome(box.harness.run(
           set_blob_metadata(box.harness.service, {key_of("b"), {{"k", "v"}}, {}, {}})));
     }},
    {"properties", Kind::kChanges,
     [](ImmutableBox& box) {
       SetBlobProperties request;
       request.key = key_of("b");
       return outcome(box.harness.run(set_blob_properties(box.harness.service, request)));
     }},
    {"append", Kind::kChanges,
     [](ImmutableBox& box) { return outcome(box.harness.append("b", "more")); }, BlobType::kAppend},
    {"seal", Kind::kChanges,
     [](ImmutableBox& box) {
       return outcome(
           box.harness.run(append_blob_seal(box.harness.service, {key_of("b"), {}, {}, {}})));
     },
     BlobType::kAppend},
    {"put page", Kind::kChanges, write_page, BlobType::kPage},
    {"clear page", Kind::kChanges,
     [](ImmutableBox& box) {
       return outcome(
           box.harness.run(clear_pages(box.harness.service, PutPage{key_of("b"), {0, 512}})));
     },
     BlobType::kPage},
    {"grow", Kind::kChanges, [](ImmutableBox& box) { return set_of_pages(box, 2048, {}); },
     BlobType::kPage},
    {"shrink", Kind::kChanges, [](ImmutableBox& box) { return set_of_pages(box, 512, {}); },
     BlobType::kPage},
    {"renumber", Kind::kChanges, [](ImmutableBox& box) { return set_of_pages(box, {}, 7); },
     BlobType::kPage},
    {"delete version", Kind::kErases,
     [](ImmutableBox& box) {
       const BlobKey version = box.version_of("b");
       EXPECT_TRUE(box.harness.put("b", "new"));
       return box.erase(version);
     }},
};

// How the state is protected, and what refuses to change or to delete it.
struct Protecting {
  const char* name;
  std::string changing, erasing;
  std::function<void(ImmutableBox&, const BlobKey&)> protect;
};

const Protecting kProtecting[] = {
    {"nothing", "", "", [](ImmutableBox&, const BlobKey&) {}},
    {"unlocked", "BlobImmutableDueToPolicy", "BlobImmutableDueToPolicy",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.set_policy(key, box.policy(kDay)), "");
     }},
    {"locked", "BlobImmutableDueToPolicy", "BlobImmutableDueToPolicy",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.set_policy(key, box.policy(kDay, true)), "");
     }},
    {"over", "BlobImmutableDueToPolicy", "",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.set_policy(key, box.policy(kDay)), "");
       box.harness.clock.advance(kDay);
     }},
    {"locked and over", "BlobImmutableDueToPolicy", "",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.set_policy(key, box.policy(kDay, true)), "");
       box.harness.clock.advance(kDay);
     }},
    {"hold", "BlobImmutableDueToLegalHold", "BlobImmutableDueToLegalHold",
     [](ImmutableBox& box, const BlobKey& key) { EXPECT_EQ(box.hold(key), ""); }},
    {"hold and policy", "BlobImmutableDueToLegalHold", "BlobImmutableDueToLegalHold",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.hold(key), "");
       EXPECT_EQ(box.set_policy(key, box.policy(kDay, true)), "");
     }},
    {"hold that was taken off", "", "",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.hold(key), "");
       EXPECT_EQ(box.hold(key, false), "");
     }},
    {"policy that was taken off", "", "",
     [](ImmutableBox& box, const BlobKey& key) {
       EXPECT_EQ(box.set_policy(key, box.policy(kDay)), "");
       EXPECT_EQ(box.delete_policy(key), "");
     }},
};

void expect_same_protection(const BlobProperties& a, const BlobProperties& b) {
  EXPECT_EQ(a.legal_hold, b.legal_hold);
  ASSERT_EQ(a.immutability.has_value(), b.immutability.has_value());
  if (!a.immutability) return;
  EXPECT_EQ(a.immutability->until, b.immutability->until);
  EXPECT_EQ(a.immutability->locked, b.immutability->locked);
}

void expect_unprotected(const BlobProperties& state) {
  EXPECT_FALSE(state.legal_hold);
  EXPECT_FALSE(state.immutability);
}

class ProtectedBlob : public testing::TestWithParam<bool> {};  // soft delete, too

void run_one(const Operation& operation, const Protecting& protecting, bool soft) {
  SCOPED_TRACE(std::string(operation.name) + ", " + protecting.name);
  ImmutableBox box;
  if (soft) box.soft_delete(7);
  make(box, operation.type);
  const BlobKey version = box.version_of("b");
  const std::string content = box.content(version).value();
  protecting.protect(box, key_of("b"));
  const BlobProperties before = box.find(key_of("b")).value();
  const std::string said = operation.run(box);
  if (operation.kind == Kind::kErases) {
    EXPECT_EQ(said, protecting.erasing);
  } else {
    EXPECT_EQ(said, operation.kind == Kind::kChanges ? protecting.changing : "");
  }
  EXPECT_EQ(test::past_findings(box.harness.rows), std::vector<std::string>{});
  if (!said.empty() || operation.kind == Kind::kReplaces || operation.kind == Kind::kTouches) {
    const auto after = box.find(version);
    ASSERT_TRUE(after) << "the state is gone";
    expect_same_protection(before, *after);
    EXPECT_EQ(after->etag, before.etag);
    EXPECT_EQ(box.content(version), content);
  }
  const auto current = box.find(key_of("b"));
  if (operation.kind == Kind::kReplaces && current) {
    EXPECT_NE(current->version, before.version);
    expect_unprotected(*current);
  }
}

TEST_P(ProtectedBlob, IsChangedAndDeletedOnlyAsItsProtectionSays) {
  for (const Operation& operation : kOperations) {
    for (const Protecting& protecting : kProtecting) run_one(operation, protecting, GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(SoftDelete, ProtectedBlob, testing::Bool());

TEST(ProtectedStates, ASnapshotIsProtectedByItself) {
  for (const Protecting& protecting : kProtecting) {
    SCOPED_TRACE(protecting.name);
    for (const auto snapshots :
         {SnapshotDeletion::kNone, SnapshotDeletion::kInclude, SnapshotDeletion::kOnly}) {
      ImmutableBox box;
      make(box, BlobType::kBlock);
      const BlobKey first = box.snapshot("b");
      const BlobKey second = box.snapshot("b");
      protecting.protect(box, second);
      expect_unprotected(box.find(key_of("b")).value());
      expect_unprotected(box.find(first).value());
      const bool alone = snapshots == SnapshotDeletion::kNone;
      EXPECT_EQ(box.erase(alone ? second : key_of("b"), snapshots), protecting.erasing);
      if (protecting.erasing.empty()) continue;
      for (const BlobKey& key : {first, second, key_of("b")}) {
        EXPECT_EQ(box.content(key), "content") << "something went although not all may";
      }
    }
  }
}

// More than one transaction deletes: nothing goes where the youngest may not.
TEST(ProtectedStates, OfManySnapshotsNoneGoesBeforeAllMay) {
  ImmutableBox box;
  box.switch_to(false, true);
  make(box, BlobType::kBlock);
  const BlobKey first = box.snapshot("b");
  for (int i = 0; i < 600; ++i) box.snapshot("b");
  const BlobKey last = box.snapshot("b");
  ASSERT_EQ(box.hold(last), "");
  EXPECT_EQ(box.erase(key_of("b"), SnapshotDeletion::kOnly), "BlobImmutableDueToLegalHold");
  EXPECT_TRUE(box.find(first));
  ASSERT_EQ(box.hold(last, false), "");
  EXPECT_EQ(box.erase(key_of("b"), SnapshotDeletion::kOnly), "");
  EXPECT_FALSE(box.find(first));
}

TEST(ProtectedStates, NothingProtectedIsSoftDeletedOrPurged) {
  ImmutableBox box;
  box.soft_delete(1);
  make(box, BlobType::kBlock);
  const BlobKey held = box.version_of("b");
  ASSERT_TRUE(box.harness.put("b", "new"));
  ASSERT_EQ(box.hold(held), "");
  const auto kNone = SnapshotDeletion::kNone;
  EXPECT_EQ(box.erase(held), "BlobImmutableDueToLegalHold");
  EXPECT_EQ(box.erase(held, kNone, true), "BlobOperationNotSupported") << "it is not deleted";
  box.harness.clock.advance(10 * kDay);
  ASSERT_TRUE(box.harness.expire_deletions());
  ASSERT_TRUE(box.harness.reclaim());
  EXPECT_EQ(box.content(held), "content");
  // What is deleted gets no protection: it is not there.
  ASSERT_EQ(box.hold(held, false), "");
  ASSERT_EQ(box.set_policy(held, box.policy(kDay)), "");
  box.harness.clock.advance(kDay);
  ASSERT_EQ(box.erase(held), "");
  EXPECT_EQ(box.hold(held), "BlobNotFound");
  EXPECT_EQ(box.set_policy(held, box.policy(kDay)), "BlobNotFound");
  EXPECT_EQ(box.delete_policy(held), "BlobNotFound");
  ASSERT_TRUE(box.harness.run(undelete_blob(box.harness.service, {key_of("b")})));
  EXPECT_EQ(box.hold(held), "");
}

// The account's switches go off; what is protected stays so.
TEST(ProtectedStates, StayProtectedWhereTheSwitchesAreOff) {
  const std::function<std::string(ImmutableBox&)> writes[] = {
      [](ImmutableBox& box) { return outcome(box.harness.put("b", "new")); },
      [](ImmutableBox& box) {
        EXPECT_TRUE(box.harness.stage("b", "QUFB", "block"));
        return outcome(box.harness.commit("b", latest({"QUFB"})));
      },
      [](ImmutableBox& box) { return box.copy(key_of("b"), "b"); },
      [](ImmutableBox& box) { return box.erase(key_of("b")); },
  };
  for (const bool had_id : {false, true}) {
    for (const bool soft : {false, true}) {
      for (const auto& write : writes) {
        ImmutableBox box;
        if (soft) box.soft_delete(1);
        box.switch_to(had_id, false);
        make(box, BlobType::kBlock);
        box.switch_to(true, true);
        ASSERT_EQ(box.hold(key_of("b")), "");
        box.switch_to(false, false);
        ASSERT_EQ(write(box), "");
        box.harness.clock.advance(10 * kDay);
        ASSERT_TRUE(box.harness.expire_deletions());
        ASSERT_TRUE(box.harness.reclaim());
        std::vector<BlobKey> versions;
        for (const auto& [key, value] : box.harness.rows.rows()) {
          const auto name = parse_name_key(key);
          if (!name || name->row != NameRow::kPast) continue;
          versions.push_back(key_of("b"));
          versions.back().version = name->time;
        }
        ASSERT_EQ(versions.size(), 1u);
        EXPECT_EQ(box.content(versions[0]), "content");
        EXPECT_EQ(box.erase(versions[0]), "BlobImmutableDueToLegalHold");
        EXPECT_EQ(box.hold(versions[0], false), "BlobOperationNotSupported");
        EXPECT_EQ(box.delete_container(), "ContainerImmutableStorageWithVersioningEnabled");
      }
    }
  }
}

TEST(ProtectedStates, ABlobBeginsWithWhatItIsMadeWith) {
  for (const bool locked : {false, true}) {
    ImmutableBox box;
    const Protection protection{box.policy(kDay, locked), true};
    const auto expect_it = [&](const std::string& name) {
      const BlobProperties found = box.find(key_of(name)).value();
      EXPECT_TRUE(found.legal_hold) << name;
      ASSERT_TRUE(found.immutability) << name;
      EXPECT_EQ(found.immutability->until, protection.immutability->until) << name;
      EXPECT_EQ(found.immutability->locked, locked) << name;
      EXPECT_EQ(test::past_findings(box.harness.rows), std::vector<std::string>{});
    };
    PutBlob request;
    request.protection = protection;
    request.key = key_of("put");
    ASSERT_TRUE(box.harness.put(request, "x"));
    expect_it("put");
    request.key = key_of("append");
    ASSERT_TRUE(box.harness.run(put_append_blob(box.harness.service, request)));
    expect_it("append");
    request.key = key_of("page");
    ASSERT_TRUE(box.harness.run(put_page_blob(box.harness.service, {request, 512, 0})));
    expect_it("page");
    PutBlockList list;
    list.key = key_of("list");
    list.protection = protection;
    ASSERT_TRUE(box.harness.run(put_block_list(box.harness.service, list)));
    expect_it("list");
    for (const std::string source : {"put", "append", "page"}) {
      test::ScriptedSources sources;
      CopyBlob copy;
      copy.blob.key = key_of("copy of " + source);
      copy.blob.protection = protection;
      copy.source.url = "http://h/acct/box/any";
      copy.local = key_of(source);
      ASSERT_TRUE(box.harness.run(copy_blob(box.harness.service, copy, sources)));
      expect_it("copy of " + source);
      EXPECT_EQ(box.copy(key_of(source), "plain copy of " + source), "");
      expect_unprotected(box.find(key_of("plain copy of " + source)).value());
    }
  }
}

TEST(ProtectedStates, NeedTheAccountsSwitchAndATimeAhead) {
  ImmutableBox box;
  make(box, BlobType::kBlock);
  PutBlob request;
  request.key = key_of("new");
  request.protection.immutability = box.policy(-kDay);
  EXPECT_EQ(outcome(box.harness.put(request, "x")), "InvalidHeaderValue");
  EXPECT_EQ(box.set_policy(key_of("b"), box.policy(Ticks(0))), "InvalidHeaderValue");
  EXPECT_EQ(box.set_policy(key_of("none"), box.policy(kDay)), "BlobNotFound");
  EXPECT_EQ(box.hold(key_of("none")), "BlobNotFound");
  EXPECT_EQ(box.delete_policy(key_of("none")), "BlobNotFound");
  EXPECT_EQ(box.delete_policy(key_of("b")), "") << "there is none";
  box.switch_to(true, false);
  const std::string off = "BlobOperationNotSupported";
  EXPECT_EQ(box.set_policy(key_of("b"), box.policy(kDay)), off);
  EXPECT_EQ(box.delete_policy(key_of("b")), off);
  EXPECT_EQ(box.hold(key_of("b")), off);
  for (const Protection& protection : {Protection{box.policy(kDay), false}, Protection{{}, true}}) {
    request.protection = protection;
    EXPECT_EQ(outcome(box.harness.put(request, "x")), off);
    EXPECT_EQ(outcome(box.harness.run(put_page_blob(box.harness.service, {request, 512, 0}))), off);
    EXPECT_EQ(outcome(box.harness.run(check_put_blob(box.harness.service, request))), off);
    PutBlockList list;
    list.key = key_of("new");
    list.protection = protection;
    EXPECT_EQ(outcome(box.harness.run(put_block_list(box.harness.service, list))), off);
  }
  EXPECT_FALSE(box.find(key_of("new")));
}

TEST(ProtectedStates, ANameWithoutABlobBearsNothing) {
  ImmutableBox box;
  make(box, BlobType::kBlock);
  ASSERT_EQ(box.hold(key_of("b")), "");
  ASSERT_EQ(box.erase(key_of("b")), "");
  int roots = 0;
  for (const auto& [key, value] : box.harness.rows.rows()) {
    const auto name = parse_name_key(key);
    if (!name || name->row != NameRow::kRoot) continue;
    ++roots;
    expect_unprotected(decode_root(value)->properties);
  }
  EXPECT_EQ(roots, 1);
}

TEST(ProtectedStates, APolicyIsSetWhereTheBlobWasNotModifiedSince) {
  ImmutableBox box;
  make(box, BlobType::kBlock);
  const BlobProperties before = box.find(key_of("b")).value();
  const auto set = [&](Timestamp since) {
    SetBlobImmutabilityPolicy request{key_of("b"), box.policy(kDay), {}};
    request.conditions.if_unmodified_since = since;
    return outcome(box.harness.run(set_blob_immutability_policy(box.harness.service, request)));
  };
  box.harness.clock.advance(kDay);
  EXPECT_EQ(set(before.last_modified - kDay), "ConditionNotMet");
  EXPECT_FALSE(box.find(key_of("b"))->immutability);
  EXPECT_EQ(set(before.last_modified + kDay), "");
  EXPECT_EQ(box.hold(key_of("b")), "");
  const BlobProperties after = box.find(key_of("b")).value();
  EXPECT_EQ(after.etag, before.etag);
  EXPECT_EQ(after.last_modified, before.last_modified);
}

// Neither needs a lease, nor does either touch one.
TEST(ProtectedStates, ALeaseIsNotAskedFor) {
  ImmutableBox box;
  make(box, BlobType::kBlock);
  LeaseBlob lease;
  lease.key = key_of("b");
  lease.action.kind = LeaseAction::Kind::kAcquire;
  ASSERT_TRUE(box.harness.run(lease_blob(box.harness.service, lease)));
  EXPECT_EQ(box.set_policy(key_of("b"), box.policy(kDay)), "");
  EXPECT_EQ(box.hold(key_of("b")), "");
  EXPECT_TRUE(box.find(key_of("b"))->lease);
  // What is immutable is said before a lease is asked for.
  SetBlobMetadata metadata;
  metadata.key = key_of("b");
  EXPECT_EQ(outcome(box.harness.run(set_blob_metadata(box.harness.service, metadata))),
            "BlobImmutableDueToLegalHold");
}

}  // namespace
}  // namespace lapis::blob
