// Copies from one container to another: blobs that hold another container's body.
#include "blob/loan.h"

#include <gtest/gtest.h>

#include <set>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::pattern;
using test::ScriptedSources;

class Loans : public ::testing::Test {
 protected:
  Loans() {
    for (const char* name : {"crate", "drawer"}) create(name);
  }

  void create(const std::string& name) {
    ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", name}, {}})));
  }
  void delete_whole(const std::string& name) {
    ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", name}, {}, {}})));
  }
  static BlobKey key(const std::string& container, const std::string& name) {
    return {"acct", container, name};
  }

  Result<CopyBlobResult> copy(const BlobKey& from, const BlobKey& to, Conditions conditions = {}) {
    CopyBlob request;
    request.blob.key = to;
    request.blob.conditions = std::move(conditions);
    request.source.url = "http://h/acct/any";
    request.local = from;
    return harness_.run(copy_blob(harness_.service, std::move(request), sources_));
  }
  Result<std::string> get(const BlobKey& blob) { return harness_.get(blob); }
  Result<DeleteBlobResult> erase(const BlobKey& blob) {
    DeleteBlob request;
    request.key = blob;
    request.snapshots = SnapshotDeletion::kInclude;
    return harness_.run(delete_blob(harness_.service, std::move(request)));
  }
  Result<PutBlockListResult> commit(const BlobKey& blob, std::vector<BlockListEntry> list) {
    PutBlockList request;
    request.key = blob;
    request.blocks = std::move(list);
    return harness_.run(put_block_list(harness_.service, std::move(request)));
  }
  void expect_nothing_left() {
    ASSERT_TRUE(harness_.reclaim());
    ASSERT_TRUE(harness_.reclaim()) << "what loans that came back had queued";
    EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
    for (const Table table : {Table::kBlob, Table::kSegment, Table::kBlockBytes, Table::kRelease,
                              Table::kSharedBody, Table::kBlockOwner, Table::kLoan}) {
      EXPECT_EQ(harness_.rows_of(table), 0u) << "table " << static_cast<int>(table);
    }
  }

  BlobHarness harness_;
  ScriptedSources sources_;
};

TEST_F(Loans, CopyWithoutMovingBytesInAFewRowsWhateverTheSize) {
  for (const int blocks : {1, 40, 800}) {
    SCOPED_TRACE(blocks);
    const std::string content = harness_.commit_mixed("a", blocks);
    const auto held = harness_.chunks.held_bytes();
    const auto transactions = harness_.meta.counts.transactions;
    const auto before = harness_.rows.rows();
    ASSERT_TRUE(copy(key("box", "a"), key("crate", "b" + std::to_string(blocks))));
    EXPECT_EQ(harness_.chunks.held_bytes(), held) << "no bytes were written";
    EXPECT_EQ(harness_.meta.counts.transactions, transactions + 2)
        << "the lender's, the borrower's";
    EXPECT_EQ(test::changes_between(before, harness_.rows.rows()), 6u)
        << "the source with an id, its count, the loan, what looks after it; the copy, its count";
    EXPECT_EQ(get(key("crate", "b" + std::to_string(blocks))), content);
  }
  EXPECT_EQ(sources_.taken, 0) << "a turn is for copies that move bytes";
}

TEST_F(Loans, OfABodyInItsRowAreNotNeeded) {
  ASSERT_TRUE(harness_.put("a", "short"));
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(get(key("crate", "b")), "short");
}

TEST_F(Loans, AreShownAsTheSourceIs) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  const auto list =
      harness_.run(get_block_list(harness_.service, {key("crate", "b"), true, true, {}}));
  const auto source = harness_.blocks("a");
  ASSERT_TRUE(list && source);
  EXPECT_EQ(list->committed.size(), source->committed.size());
}

TEST_F(Loans, OutliveTheSourceAndItsContainer) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  ASSERT_TRUE(harness_.put("a", "short"));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("crate", "b")), content);
  delete_whole("box");
  ASSERT_TRUE(harness_.reclaim());
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kContainerState), 2u) << "the container itself is gone";
  EXPECT_EQ(get(key("crate", "b")), content);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  ASSERT_TRUE(erase(key("crate", "b")));
  expect_nothing_left();
}

TEST_F(Loans, OutliveTheContainerOfABlobThatIsStillThere) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  delete_whole("box");
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("crate", "b")), content);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  delete_whole("crate");
  expect_nothing_left();
}

TEST_F(Loans, GoBackWithTheBorrowersContainer) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  delete_whole("crate");
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(harness_.get("a"), content);
  ASSERT_TRUE(harness_.erase("a"));
  expect_nothing_left();
}

TEST_F(Loans, GoBackWithTheLastRowOfTheBorrower) {
  harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  ASSERT_TRUE(copy(key("crate", "b"), key("crate", "c")));
  ASSERT_TRUE(harness_.run(snapshot_blob(harness_.service, {key("crate", "c"), {}, {}, {}})));
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
  ASSERT_TRUE(erase(key("crate", "b")));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
  ASSERT_TRUE(erase(key("crate", "c")));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  ASSERT_TRUE(harness_.erase("a"));
  expect_nothing_left();
}

// The pin of the copy is what the entry waits for.
TEST_F(Loans, AreNotTakenForLeftOversWhileTheyAreTaken) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  EXPECT_EQ(harness_.rows_of(Table::kRelease), 1u);
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kRelease), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
  EXPECT_EQ(get(key("crate", "b")), content);
}

TEST_F(Loans, ThatNobodyTookGoBack) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(harness_.reclaim());
  // The copy is broken off between its two transactions.
  harness_.rows.fail_commit(2, Error{ErrorCode::kInternalError, "planned"});
  ASSERT_FALSE(copy(key("box", "a"), key("crate", "b")));
  harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(harness_.get("a"), content);
  ASSERT_TRUE(harness_.erase("a"));
  expect_nothing_left();
}

TEST_F(Loans, AreLentOnByTheLender) {
  const std::string content = harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  ASSERT_TRUE(copy(key("crate", "b"), key("drawer", "c")));
  ASSERT_TRUE(copy(key("drawer", "c"), key("box", "d"))) << "even to itself";
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 3u);
  delete_whole("crate");
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("drawer", "c")), content);
  EXPECT_EQ(harness_.get("d"), content);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  delete_whole("box");
  ASSERT_TRUE(harness_.reclaim());
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("drawer", "c")), content);
  ASSERT_TRUE(erase(key("drawer", "c")));
  expect_nothing_left();
}

TEST_F(Loans, EndBlockByBlockWhereAListKeepsSome) {
  std::string content;
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) {
    ids.push_back("B" + std::to_string(100 + i));
    const std::string text = pattern(static_cast<std::size_t>(1 + (i * 37) % 60), i);
    ASSERT_TRUE(harness_.stage("a", ids.back(), text));
    if (i % 2 == 0) content += text;
  }
  ASSERT_TRUE(harness_.commit("a", test::latest(ids)));
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < ids.size(); i += 2) kept.push_back(ids[i]);
  ASSERT_TRUE(commit(key("crate", "b"), test::latest(kept)));
  EXPECT_EQ(get(key("crate", "b")), content);
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  ASSERT_TRUE(harness_.erase("a"));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("crate", "b")), content) << "its blocks are its own";
  delete_whole("box");
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("crate", "b")), content) << "short ones lie where they lay";
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  delete_whole("crate");
  expect_nothing_left();
}

TEST_F(Loans, MayBeOverwrittenByTheirSource) {
  const std::string content = harness_.commit_mixed("a", 40);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  EXPECT_EQ(get(key("crate", "b")), content);
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
}

TEST_F(Loans, OfAppendBlobsGrowOnBothSides) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  ASSERT_TRUE(harness_.append("a", pattern(300, 1)));
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 1u);
  EXPECT_EQ(sources_.taken, 0);
  std::string source = pattern(300, 1), copied = source;
  for (std::uint64_t i = 2; i < 300; ++i) {
    // Short ones, and blocks enough to become segments.
    const std::string more = pattern(1 + i % 40, i);
    ASSERT_TRUE(harness_.append("a", more));
    source += more;
    if (i % 3 != 0) continue;
    AppendBlock request;
    request.key = key("crate", "b");
    ASSERT_TRUE(harness_.append(std::move(request), more));
    copied += more;
  }
  EXPECT_EQ(get(key("box", "a")), source);
  EXPECT_EQ(get(key("crate", "b")), copied);
  ASSERT_TRUE(harness_.reclaim());
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u) << "the copy has a body of its own";
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  ASSERT_TRUE(erase(key("box", "a")));
  ASSERT_TRUE(harness_.reclaim());
  EXPECT_EQ(get(key("crate", "b")), copied);
  ASSERT_TRUE(erase(key("crate", "b")));
  expect_nothing_left();
}

TEST_F(Loans, OfAppendBlobsThatGoAwayAreOfTheLongest) {
  for (const bool whole : {false, true}) {
    SCOPED_TRACE(whole);
    ASSERT_TRUE(harness_.create_append_blob("a"));
    ASSERT_TRUE(harness_.append("a", pattern(300, 1)));
    ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
    for (std::uint64_t i = 0; i < 200; ++i) ASSERT_TRUE(harness_.append("a", pattern(30, i)));
    if (whole) {
      delete_whole("box");
    } else {
      ASSERT_TRUE(erase(key("box", "a")));
    }
    ASSERT_TRUE(harness_.reclaim());
    ASSERT_TRUE(harness_.reclaim());
    EXPECT_EQ(get(key("crate", "b")), pattern(300, 1));
    EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
    ASSERT_TRUE(erase(key("crate", "b")));
    expect_nothing_left();
  }
}

TEST_F(Loans, OfAppendBlobsAreNoLeakWhileTheirContainerGoes) {
  ASSERT_TRUE(harness_.create_append_blob("a"));
  const auto grow = [this](std::uint64_t first) {
    for (std::uint64_t i = 0; i < 130; ++i) {
      ASSERT_TRUE(harness_.append("a", pattern(300, first + i)));
    }
  };
  grow(0);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  grow(1000);
  delete_whole("box");
  EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{}) << "not swept";
  for (int pass = 0; pass < 2; ++pass) {
    ASSERT_TRUE(harness_.reclaim());
    EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{}) << "swept";
  }
  ASSERT_TRUE(erase(key("crate", "b")));
  expect_nothing_left();
}

TEST_F(Loans, ThatAreNotAsTheyAreRecordedAreFound) {
  harness_.commit_mixed("a", 40);
  ASSERT_TRUE(copy(key("box", "a"), key("crate", "b")));
  ASSERT_TRUE(harness_.reclaim());
  const auto edit = [this](Table table, const auto& change) {
    const auto rows = harness_.rows.rows();
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      for (const auto& [row, value] : rows) {
        if (static_cast<Table>(row[0]) == table) change(view, row);
      }
      return {};
    };
    ASSERT_TRUE(harness_.run(harness_.rows.transact({}, std::move(transaction))));
  };
  const auto erased = [](storage::MetaView& view, const std::string& row) { view.erase(row); };
  edit(Table::kLoan, erased);
  const auto lost = test::findings(harness_.rows);
  EXPECT_TRUE(std::ranges::find(lost, "wrong shared_body") != lost.end()) << "more is counted";
  EXPECT_TRUE(std::ranges::find(lost, "lost shared_body") != lost.end()) << "what it borrowed";
}

}  // namespace
}  // namespace lapis::blob
