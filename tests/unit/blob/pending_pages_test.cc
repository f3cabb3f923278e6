// Copies of page blobs from elsewhere: their pages come behind the answer.
#include <gtest/gtest.h>

#include "support/page_requests.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/pending_copies.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::key_of;
using test::kPage;
using test::kStripe;
using test::pattern;

// More than one part of what is read at once, and a read in the second of them.
constexpr std::uint64_t kLength = 17 * kStripe;
constexpr int kInSecondPart = 16 * kStripe / 1000 + 10;

class PendingPages : public test::PendingCopyTest {
 protected:
  PendingPages() : PendingCopyTest(test::page_harness()) {
    text_.replace(0, 3 * kPage, pattern(3 * kPage, 1));
    text_.replace(5 * kPage, kPage, pattern(kPage, 2));                       // near: one run
    text_.replace(700 * kPage, 2 * kPage, pattern(2 * kPage, 3));             // in a row
    text_.replace(16 * kStripe - kPage, 40 * kPage, pattern(40 * kPage, 4));  // of two parts
    sources_.content = text_;
    sources_.properties.type = BlobType::kPage;
    sources_.properties.sequence_number = 9;
  }
  void reclaim() {
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness_.reclaim());
    EXPECT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
  }

  std::string text_ = std::string(kLength, '\0');
};

TEST_F(PendingPages, AreBroughtButForZeros) {
  sources_.properties.http.content_md5 = md5(as_bytes(text_));
  begin();
  EXPECT_EQ(properties().type, BlobType::kPage);
  EXPECT_EQ(properties().content_length, 0u);
  EXPECT_EQ(test::write_pages(harness_, "b", 0, pattern(kPage, 1)).error().code,
            ErrorCode::kPendingCopyOperation);
  EXPECT_EQ(test::take_snapshot(harness_, "b").error().code, ErrorCode::kPendingCopyOperation);
  EXPECT_EQ(test::resize(harness_, "b", kLength).error().code, ErrorCode::kPendingCopyOperation);
  ASSERT_TRUE(work());
  const BlobProperties done = properties();
  EXPECT_EQ(done.copy->status, CopyStatus::kSuccess);
  EXPECT_EQ(done.copy->copied, kLength);
  EXPECT_EQ(done.content_length, kLength);
  EXPECT_EQ(done.sequence_number, 9u);
  EXPECT_EQ(done.http.content_md5, md5(as_bytes(text_)));
  EXPECT_EQ(*harness_.get("b") == text_, true);
  EXPECT_EQ(*test::ranges_of(harness_, "b"),
            (std::vector<PageRange>{{0, 6 * kPage, false},
                                    {700 * kPage, 2 * kPage, false},
                                    {16 * kStripe - kPage, 40 * kPage, false}}));
  EXPECT_EQ(rows(), 0u);
  reclaim();
  ASSERT_TRUE(test::write_pages(harness_, "b", 0, pattern(kPage, 7)));
}

TEST_F(PendingPages, AreNoSourceBeforeTheyCame) {
  ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "crate"}, {}})));
  begin();
  for (const BlobKey& to : {key_of("c"), BlobKey{"acct", "crate", "c"}}) {
    CopyBlob request;
    request.blob.key = to;
    request.source.url = "http://h/acct/box/b";
    request.local = key_of("b");
    const auto copied = harness_.run(copy_blob(harness_.service, request, sources_));
    EXPECT_EQ(copied.error().code, ErrorCode::kPendingCopyOperation);
  }
  EXPECT_EQ(harness_.rows_of(Table::kLoan), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kPageMap), 0u);
  ASSERT_TRUE(work());
  EXPECT_EQ(*harness_.get("b") == text_, true);
}

TEST_F(PendingPages, ThatDidNotAllComeAreGivenBack) {
  const Guid id = begin();
  sources_.while_read = [&, reads = 0]() mutable {
    if (++reads == kInSecondPart) copies_->abort(id);
  };
  ASSERT_TRUE(work());
  EXPECT_GT(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(*harness_.get("b"), "");
  ASSERT_TRUE(abort(id));
  reclaim();
  EXPECT_EQ(harness_.rows_of(Table::kPageStripe), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kBlockBytes), 0u);
  expect_ended(CopyStatus::kAborted);
}

TEST_F(PendingPages, BeginAnew) {
  begin();
  sources_.while_read = [&, reads = 0]() mutable {
    if (++reads != kInSecondPart) return;
    harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
  };
  ASSERT_TRUE(work());
  harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
  EXPECT_EQ(properties().copy->status, CopyStatus::kPending);
  EXPECT_GT(harness_.chunks.held_bytes(), 0u);
  // Where it tells no ETag its content may be another by then.
  text_.replace(0, 2 * kPage, std::string(2 * kPage, '\0'));
  sources_.content = text_;
  harness_.clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().copy->status, CopyStatus::kSuccess);
  EXPECT_EQ(*harness_.get("b") == text_, true);
  reclaim();
}

TEST_F(PendingPages, AreRefused) {
  CopyBlob request;
  request.blob.tier = AccessTier::kHot;
  EXPECT_EQ(copy(request).error().code, ErrorCode::kInvalidBlobTier);
  request = {};
  request.seal = true;
  EXPECT_EQ(copy(request).error().code, ErrorCode::kInvalidSourceBlobType);
  sources_.content = text_.substr(0, kPage + 1);
  EXPECT_EQ(copy({}).error().code, ErrorCode::kInvalidSourceBlobType) << "no whole pages";
  sources_.content = text_;
  ASSERT_TRUE(harness_.put("b", "a block blob"));
  EXPECT_EQ(copy({}).error().code, ErrorCode::kInvalidBlobType);
  EXPECT_EQ(rows(), 0u);
}

TEST_F(PendingPages, OfAnEmptyBlobAreNone) {
  sources_.content = "";
  begin();
  ASSERT_TRUE(work());
  EXPECT_EQ(properties().copy->status, CopyStatus::kSuccess);
  EXPECT_EQ(*harness_.get("b"), "");
}

TEST_F(PendingPages, GoWithTheirContainer) {
  begin();
  sources_.while_read = [&, reads = 0]() mutable {
    if (++reads != kInSecondPart) return;
    ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}})));
  };
  ASSERT_TRUE(work());
  EXPECT_EQ(rows(), 0u);
  reclaim();
  EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  EXPECT_EQ(harness_.rows_of(Table::kPageStripe), 0u);
}

}  // namespace
}  // namespace lapis::blob
