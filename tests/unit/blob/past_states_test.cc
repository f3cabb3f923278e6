// What becomes of each state of a blob, by operation and by what its account keeps: a table.
#include "blob/past_states.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/put_page_blob.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "lapis/blob/ops/undelete_blob.h"
#include "support/blob_harness.h"
#include "support/past_findings.h"
#include "unit/blob/past_name.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::key_of;
using test::latest;

// What is there after the steps where nothing is kept, with soft delete, with versions, with both.
struct Case {
  const char* steps;
  const char* plain;
  const char* soft;
  const char* versions;
  const char* both;
};

constexpr Case kCases[] = {
    {"put put", "B2", "s1 B2", "V1 C2", "V1 C2"},
    {"put stage", "U B1", "U B1", "U C1", "U C1"},
    {"put stage list", "BL1", "s1 BL1", "V1 CL1", "V1 CL1"},
    {"stage list list", "BL1", "sL1 BL1", "VL1 CL1", "VL1 CL1"},
    {"put copy", "B1", "s1 B1", "V1 C1", "V1 C1"},
    {"put metadata", "B1", "B1", "V1 C1", "V1 C1"},
    {"put properties tier tags", "B1", "B1", "C1", "C1"},
    {"put snapshot", "S1 B1", "S1 B1", "V1 S1 C1", "V1 S1 C1"},
    {"put snapshot put", "S1 B2", "S1 s1 B2", "V1 S1 V1 C2", "V1 S1 V1 C2"},
    {"put snapshot put copy-snapshot", "S1 B1", "S1 s1 s2 B1", "V1 S1 V1 V2 C1", "V1 S1 V1 V2 C1"},
    {"put delete", "", "D1", "V1 R", "V1 R"},
    {"put delete put", "B2", "s1 B2", "V1 C2", "V1 C2"},
    {"put delete stage", "U", "D1 U", "V1 R U", "V1 R U"},
    {"put delete stage list", "BL1", "s1 BL1", "V1 CL1", "V1 CL1"},
    {"put put delete", "", "s1 D2", "V1 V2 R", "V1 V2 R"},
    {"put snapshot !delete delete-all", "", "s1 D1", "V1 V1 R", "V1 s1 V1 R"},
    {"put snapshot delete-snapshots", "B1", "s1 B1", "V1 C1", "V1 s1 C1"},
    {"put snapshot delete-snapshot", "B1", "s1 B1", "V1 C1", "V1 s1 C1"},
    {"put snapshot delete-snapshot delete", "", "s1 D1", "V1 V1 R", "V1 s1 V1 R"},
    {"put undelete", "B1", "B1", "C1", "C1"},
    {"put put undelete", "B2", "S1 B2", "V1 C2", "V1 C2"},
    {"put snapshot put delete-all put undelete", "B3", "S1 S1 S2 B3", "V1 V1 V2 C3",
     "V1 S1 V1 V2 C3"},
};

class PastStatesTable : public testing::TestWithParam<Case> {};

TEST_P(PastStatesTable, EachStateBecomesWhatItShould) {
  const Case& c = GetParam();
  struct Regime {
    bool soft;
    bool versions;
    const char* expected;
  };
  for (const Regime regime : {Regime{false, false, c.plain}, Regime{true, false, c.soft},
                              Regime{false, true, c.versions}, Regime{true, true, c.both}}) {
    SCOPED_TRACE(testing::Message() << "soft " << regime.soft << ", versions " << regime.versions);
    Name name(regime.versions);
    if (regime.soft) name.soft_delete(7);
    name.run(c.steps);
    EXPECT_EQ(name.states(), regime.expected);
    EXPECT_EQ(name.findings(), std::vector<std::string>{});
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, PastStatesTable, testing::ValuesIn(kCases), [](const auto& p) {
  std::string title = p.param.steps;
  std::erase(title, '!');
  for (char& c : title) c = c == ' ' || c == '-' ? '_' : c;
  return title;
});

// With a retention of seven days alone.
struct Deleted {
  const char* steps;
  const char* states;
};

constexpr Deleted kDeleted[] = {
    {"put delete undelete", "B1"},
    {"put put delete undelete", "S1 B2"},
    {"put snapshot delete-all undelete", "S1 B1"},
    {"put delete day day undelete", "B1"},
    {"put delete week", ""},
    {"put put week", "B2"},
    {"put put day put day day day day day day", "s2 B3"},
    // A deletion keeps its time, whatever is made of the state.
    {"put delete day day day put day day day", "s1 B2"},
    {"put delete day day day put day day day day", "B2"},
    {"put snapshot delete-all day put week", "B2"},
    {"put snapshot day day delete-all day day day undelete week", "S1 B1"},
    {"put delete week !undelete", ""},
    {"put put delete day put day undelete", "S1 S2 B3"},
    {"put put !delete-deleted-snapshot", "s1 B2"},
    // Over, though no pass has ended it.
    {"put delete unnoticed-week !undelete", "D1"},
    {"put put delete unnoticed-week !undelete", "s1 D2"},
    {"put put unnoticed-week undelete", "s1 B2"},
    // What is of another type stays deleted, and expires.
    {"put delete page undelete", "B"},
    {"put put delete page undelete", "s1 B"},
    {"put put delete page delete undelete", "s1 B"},
    {"put put delete page put undelete", "S1 s B3"},
    {"!undelete stage !undelete", "U"},
};

TEST(PastStates, WhatIsSoftDeletedComesBackOrExpires) {
  for (const Deleted& c : kDeleted) {
    SCOPED_TRACE(c.steps);
    Name name(false);
    name.soft_delete(7);
    name.run(c.steps);
    EXPECT_EQ(name.states(), c.states);
    EXPECT_EQ(name.findings(), std::vector<std::string>{});
    name.run("week week");
    EXPECT_EQ(name.harness_.rows_of(Table::kExpiry), 0u);
  }
}

constexpr Deleted kVersions[] = {
    {"put put delete-version", "v1 C2"},
    {"put put delete-version undelete", "V1 C2"},
    {"put put delete-version week", "C2"},
    {"put put delete delete-version undelete", "V1 V2 R"},
    {"put delete delete-version", "v1 R"},
    {"put delete delete-version undelete", "V1 R"},
    {"put delete delete-version week", ""},
    {"put put copy-version", "V1 V2 C1"},
    {"put delete delete-version unnoticed-week !undelete", "v1 R"},
    {"put delete delete-version !page undelete", "V1 R"},
    {"put delete delete-version week page", "C"},
    {"put delete !page", "V1 R"},
    {"put !page", "C1"},
    {"put delete copy-version", "V1 C1"},
};

TEST(PastStates, VersionsGoOneByOne) {
  for (const Deleted& c : kVersions) {
    SCOPED_TRACE(c.steps);
    Name name(true);
    name.soft_delete(7);
    name.run(c.steps);
    EXPECT_EQ(name.states(), c.states);
    EXPECT_EQ(name.findings(), std::vector<std::string>{});
  }
  Name name(true);
  name.run("put put delete-version put delete delete-version delete-version");
  EXPECT_EQ(name.states(), "");
}

TEST(PastStates, ForGoodOnlyWhereAllowedAndSoftDeleted) {
  Name name(true);
  name.soft_delete(7);
  name.run("put snapshot put delete-snapshot delete-version !purge-snapshot !purge-version");
  EXPECT_EQ(name.last_error, ErrorCode::kBlobOperationNotSupported);
  name.soft_delete(7, true);
  name.run("snapshot !purge-live-snapshot");
  EXPECT_EQ(name.last_error, ErrorCode::kBlobOperationNotSupported);
  name.run("purge-snapshot purge-version");
  EXPECT_EQ(name.states(), "V1 V2 S2 C2");
  EXPECT_EQ(name.harness_.rows_of(Table::kExpiry), 0u);
}

// A name that shows by its versions alone is no blob that could go.
TEST(PastStates, VersionsAloneAreDeletedOneByOne) {
  Name name(true);
  name.run("put delete !delete");
  EXPECT_EQ(name.last_error, ErrorCode::kOperationNotAllowedOnRootBlob);
  name.run("!delete-all !delete-snapshots stage delete-all");
  EXPECT_EQ(name.states(), "V1 R");
  name.run("delete-version !delete");
  EXPECT_EQ(name.last_error, ErrorCode::kBlobNotFound);
  Name soft(false);
  soft.soft_delete(7);
  soft.run("put put delete !delete");
  EXPECT_EQ(soft.last_error, ErrorCode::kBlobNotFound);
}

TEST(PastStates, TheCurrentVersionIsNotDeletedByItsId) {
  Name name(true);
  name.run("put");
  DeleteBlob request;
  request.key = key_of("b");
  request.key.version = name.row_of(NameRow::kBlob)->version;
  const auto result = name.harness_.run(delete_blob(name.harness_.service, request));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kOperationNotAllowedOnRootBlob);
}

TEST(PastStates, RetentionIsThatOfTheDeletion) {
  Name name(false);
  name.soft_delete(7);
  name.run("put put");
  name.soft_delete(1);
  name.run("put day");
  EXPECT_EQ(name.states(), "s1 B3");
  name.soft_delete(std::nullopt);
  name.run("put !delete");
  EXPECT_EQ(name.last_error, ErrorCode::kSnapshotsPresent);
  name.run("delete-all");
  EXPECT_EQ(name.states(), "s1 R");
  name.run("undelete");
  EXPECT_EQ(name.states(), "S1 R");
  EXPECT_EQ(name.findings(), std::vector<std::string>{});
}

// It goes by the time that passes, not by what a clock on the wall is put to.
TEST(PastStates, AWallClockPutForwardEndsNoRetention) {
  Name name(false);
  name.soft_delete(7);
  name.run("put put delete");
  const std::string kept = name.states();
  name.harness_.clock.set(name.harness_.clock.now() + std::chrono::hours(24 * 365));
  ASSERT_TRUE(name.harness_.expire_deletions());
  EXPECT_EQ(name.states(), kept);
  name.run("undelete");
  EXPECT_EQ(name.states(), "S1 B2");
  name.run("delete-all week");
  EXPECT_EQ(name.states(), "");
}

// A blob from before the account kept versions, and after.
TEST(PastStates, SwitchingVersionsLosesNone) {
  Name name(false);
  name.run("put snapshot");
  const BlobProperties before = *name.row_of(NameRow::kBlob);
  name.keep_versions(true);
  name.run("properties");
  const BlobProperties last = *name.row_of(NameRow::kBlob);
  EXPECT_GT(last.last_modified, before.last_modified);
  name.run("put");
  EXPECT_EQ(name.states(), "S1 V1 C2");
  EXPECT_EQ(name.row_of(NameRow::kPast)->snapshot, before.last_past);
  EXPECT_EQ(name.version_of("V1"), last.last_modified) << "of a blob from before there were ids";
  name.keep_versions(false);
  name.run("put");
  EXPECT_EQ(name.states(), "S1 V1 V2 B3") << "what has an id stays";
  name.run("put");
  EXPECT_EQ(name.states(), "S1 V1 V2 B4");
  name.run("delete-all");
  EXPECT_EQ(name.states(), "V1 V2 R");
  EXPECT_EQ(name.findings(), std::vector<std::string>{});
}

TEST(PastStates, TimesAreUniqueAndGrowThoughTheClockStandsStill) {
  Name name(true);
  std::optional<Timestamp> last;
  for (int i = 0; i < 5; ++i) {
    const auto made = name.harness_.put("b", "x");
    ASSERT_TRUE(made && made->version);
    if (last) EXPECT_GT(*made->version, *last);
    const auto taken =
        name.harness_.run(snapshot_blob(name.harness_.service, {key_of("b"), {}, {}, {}}));
    ASSERT_TRUE(taken && taken->version);
    EXPECT_GT(taken->snapshot, *made->version);
    EXPECT_GT(*taken->version, taken->snapshot);
    last = taken->version;
    if (i == 2) name.harness_.clock.advance(-std::chrono::hours(5));
  }
}

TEST(PastStates, AnIdOfOneKindNamesNothingOfAnother) {
  Name name(true);
  name.run("put snapshot put");
  BlobHarness& harness = name.harness_;
  const auto rows = harness.rows.rows();
  for (const auto& [key, value] : rows) {
    const auto parsed = parse_name_key(key);
    if (!parsed || parsed->row != NameRow::kPast) continue;
    const bool is_snapshot = decode_properties(value)->snapshot.has_value();
    GetBlob as_snapshot, as_version;
    as_snapshot.key = as_version.key = key_of("b");
    as_snapshot.key.snapshot = as_version.key.version = parsed->time;
    EXPECT_EQ(harness.run(get_blob(harness.service, as_snapshot)).has_value(), is_snapshot);
    EXPECT_EQ(harness.run(get_blob(harness.service, as_version)).has_value(), !is_snapshot);
  }
}

TEST(PastStates, TagsAreOfTheBlobAlone) {
  Name name(true);
  name.soft_delete(7);
  name.run("put tags");
  EXPECT_EQ(name.harness_.rows_of(Table::kTag), 1u);
  name.run("snapshot");
  EXPECT_EQ(name.harness_.rows_of(Table::kTag), 1u) << "the blob keeps them";
  name.run("metadata");
  EXPECT_EQ(name.harness_.rows_of(Table::kTag), 0u) << "a new version starts without";
  name.run("tags delete-all");
  EXPECT_EQ(name.harness_.rows_of(Table::kTag), 0u);
  Name soft(false);
  soft.soft_delete(7);
  soft.run("put tags delete");
  EXPECT_EQ(soft.harness_.rows_of(Table::kTag), 0u);
  soft.run("undelete");
  EXPECT_EQ(soft.harness_.rows_of(Table::kTag), 1u);
}

ContainerState state_of_container(const BlobHarness& harness) {
  for (const auto& [key, value] : harness.rows.rows()) {
    if (static_cast<Table>(key[0]) == Table::kContainerState) {
      return decode_container_state(value).value();
    }
  }
  return {};
}

// Whoever keeps nothing pays for nothing: what each operation reads, by itself and in transactions.
TEST(PastStates, NothingIsReadOrWrittenMoreWhereNothingIsKept) {
  struct Cost {
    const char* step;
    std::uint64_t reads, in_transactions;
  };
  Name name(false);
  name.run("put stage list snapshot delete-all");
  for (const Cost& cost : {Cost{"put", 1, 3},
                           {"put", 1, 3},
                           {"metadata", 0, 2},
                           {"properties", 0, 2},
                           {"tags", 0, 2},
                           {"tier", 0, 2},
                           {"snapshot", 0, 3},
                           {"delete-snapshot", 0, 4},
                           {"stage", 2, 4},
                           {"list", 0, 3},
                           {"copy", 1, 4},
                           {"delete", 0, 3}}) {
    name.harness_.meta.counts = {};
    const std::uint64_t before = name.harness_.rows.transaction_reads();
    name.run(cost.step);
    EXPECT_EQ(name.harness_.meta.counts.reads, cost.reads) << cost.step;
    EXPECT_EQ(name.harness_.rows.transaction_reads() - before, cost.in_transactions) << cost.step;
  }
  EXPECT_EQ(name.harness_.rows_of(Table::kExpiry), 0u);
  EXPECT_FALSE(state_of_container(name.harness_).has_roots) << "roots are looked for";
}

TEST(PastStates, ManySnapshotsComeBack) {
  Name name(false);
  name.soft_delete(7);
  ASSERT_TRUE(name.harness_.put("b", test::pattern(300, 1)));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(name.harness_.run(snapshot_blob(name.harness_.service, {key_of("b"), {}, {}, {}})));
  }
  name.run("delete-all");
  EXPECT_EQ(name.row_of(NameRow::kRoot)->deleted_snapshots, 1000u);
  name.run("undelete");
  EXPECT_EQ(name.row_of(NameRow::kBlob)->snapshots, 1000u);
  EXPECT_EQ(name.findings(), std::vector<std::string>{});
  name.run("delete-all week");
  EXPECT_EQ(name.states(), "");
  ASSERT_TRUE(name.harness_.reclaim());
  EXPECT_EQ(name.harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(name.harness_.rows_of(Table::kSharedBody), 0u);
}

TEST(PastStates, ARootThatNoWriteWouldFindIsToldOf) {
  Name name(true);
  name.run("put delete");
  EXPECT_TRUE(state_of_container(name.harness_).has_roots);
  auto forget = [](storage::MetaView& view) -> Result<void> {
    view.put(container_state_key(ContainerId{1}), encode(ContainerState{}));
    return {};
  };
  ASSERT_TRUE(name.harness_.run(name.harness_.rows.transact({}, std::move(forget))));
  EXPECT_EQ(name.findings(), std::vector<std::string>{"has_roots"});
}

TEST(PastStates, ADeletedContainerTakesThemAlong) {
  Name name(true);
  name.soft_delete(7);
  name.run("put put delete-version delete");
  ASSERT_TRUE(
      name.harness_.run(delete_container(name.harness_.service, {{"acct", "box"}, {}, {}})));
  EXPECT_NE(state_of_container(name.harness_).deleted, 0u);
  EXPECT_TRUE(state_of_container(name.harness_).has_roots) << "its rows are still there";
  name.run("week");
  EXPECT_EQ(name.harness_.rows_of(Table::kExpiry), 1u);
  ASSERT_TRUE(name.harness_.reclaim());
  EXPECT_EQ(name.harness_.rows_of(Table::kExpiry), 0u);
  EXPECT_EQ(name.states(), "");
}

}  // namespace
}  // namespace lapis::blob
