// A disk that fails: an error to the client or a write somewhere else, never a hole. Each test lets
// the N-th operation fail for every N until nothing is left to fail.
#include <gtest/gtest.h>

#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;
using test::FileOp;

struct FaultCase {
  const char* name;
  FileOp op;
  int error;
};

class DiskFault : public test::StoreFixture, public testing::WithParamInterface<FaultCase> {};

// Small bodies, one at a time, then some at once; every one that was acknowledged comes back.
TEST_P(DiskFault, TheNthFailureLosesNothingThatWasRecorded) {
  const std::string body = test::body_text(150'000);
  open();
  for (std::uint64_t n = 1; n <= 30; ++n) {
    std::vector<Chunks> stored;
    simulated_.fail(
        {.op = GetParam().op, .nth = n, .error = GetParam().error, .path_part = "extents"});
    for (int i = 0; i < 12; ++i) {
      const auto chunks = put(body);
      if (chunks) stored.push_back(*chunks);
    }
    simulated_.clear_faults();
    for (const Chunks& chunks : stored) {
      const auto text = get(chunks);
      ASSERT_TRUE(text.has_value()) << n;
      EXPECT_TRUE(*text == body) << n;
    }
    crash(test::Unsynced::kLost);
    open();
    for (const Chunks& chunks : stored) {
      const auto text = get(chunks);
      ASSERT_TRUE(text.has_value()) << n;
      EXPECT_TRUE(*text == body) << n;
      EXPECT_TRUE(remove(chunks).has_value());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, DiskFault,
                         testing::Values(FaultCase{"Write", FileOp::kWrite, EIO},
                                         FaultCase{"Datasync", FileOp::kDatasync, EIO},
                                         FaultCase{"Read", FileOp::kRead, EIO},
                                         FaultCase{"Allocate", FileOp::kAllocate, ENOSPC},
                                         FaultCase{"Sync", FileOp::kSync, EIO},
                                         FaultCase{"Open", FileOp::kOpen, EIO},
                                         FaultCase{"OpenWithoutDescriptors", FileOp::kOpen, EMFILE},
                                         FaultCase{"SyncDirectory", FileOp::kSyncDirectory, EIO}),
                         [](const auto& p) { return std::string(p.param.name); });

class DiskFaults : public test::StoreFixture {};

TEST_F(DiskFaults, ASmallBodyGoesElsewhereWhenItsExtentFails) {
  open();
  put_ok("warm");
  simulated_.fail({.op = FileOp::kDatasync, .path_part = "extents"});
  const std::string body = test::body_text(20'000);
  const Chunks chunks = put_ok(body);
  EXPECT_EQ(*get(chunks), body);
  EXPECT_TRUE(stats().writable);
}

TEST_F(DiskFaults, AnExtentThatFailedIsNeverSyncedAgain) {
  open();
  put_ok("warm");
  simulated_.fail({.op = FileOp::kDatasync, .path_part = "extents/0000000000000001"});
  put_ok(test::body_text(20'000));
  simulated_.fail(
      {.op = FileOp::kDatasync, .times = test::kForEver, .path_part = "extents/0000000000000001"});
  for (int i = 0; i < 50; ++i) put_ok(test::body_text(20'000, static_cast<std::uint64_t>(i)));
}

TEST_F(DiskFaults, ThreeFailuresMakeThePathReadOnly) {
  open();
  const std::string body = test::body_text(20'000);
  const Chunks before = put_ok(body);
  simulated_.fail({.op = FileOp::kWrite, .times = test::kForEver, .path_part = "extents"});
  for (int i = 0; i < 3; ++i) {
    const auto chunks = put(body);
    ASSERT_FALSE(chunks.has_value());
    EXPECT_EQ(chunks.error().code, ErrorCode::kInternalError);
  }
  EXPECT_FALSE(stats().writable);
  simulated_.clear_faults();
  EXPECT_FALSE(put(body).has_value());
  EXPECT_FALSE(store_->has_room(1));
  EXPECT_EQ(*get(before), body);
}

TEST_F(DiskFaults, ALongBodyFailsWithItsDiskAndTheNextSucceeds) {
  extent_bytes_ = 64 << 20;
  open();
  const std::string body = test::body_text(5 << 20);
  put_ok(body);
  for (std::uint64_t n = 1; n <= 2; ++n) {
    // The spare is ready: the next writes to the disk are the body's.
    ASSERT_TRUE(eventually([&] { return stats().extents_open == 2; }));
    simulated_.fail({.op = FileOp::kWrite, .nth = 2 + n, .path_part = "extents"});
    const auto chunks = put(body);
    ASSERT_FALSE(chunks.has_value());
    EXPECT_EQ(chunks.error().code, ErrorCode::kInternalError);
    simulated_.clear_faults();
    EXPECT_TRUE(*get(put_ok(body)) == body);
  }
}

TEST_F(DiskFaults, AFullDiskIsRefusedAndRecoversByItself) {
  simulated_.set_capacity(6 << 20);
  open();
  const std::string body = test::body_text(100'000);
  std::vector<Chunks> stored;
  Result<Chunks> chunks = put(body);
  for (; chunks && stored.size() < 200; chunks = put(body)) stored.push_back(*chunks);
  ASSERT_FALSE(chunks.has_value());
  EXPECT_EQ(chunks.error().code, ErrorCode::kInsufficientStorage);
  EXPECT_FALSE(store_->has_room(2 << 20));
  EXPECT_TRUE(stats().writable);
  for (const Chunks& one : stored) EXPECT_TRUE(*get(one) == body);
  // Deleting makes room, without a restart.
  for (std::size_t i = 0; i < stored.size(); ++i) EXPECT_TRUE(remove(stored[i]).has_value());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(*get(put_ok(body)) == body);
}

}  // namespace
}  // namespace lapis
