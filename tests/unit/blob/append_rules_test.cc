#include "blob/append_rules.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace lapis::blob {
namespace {

const test::ManualClock kClock;
const ServiceClock kTime(kClock, {});
const std::optional<LeaseId> kNone;
const std::optional<LeaseId> kLease = LeaseId::make();
const Conditions kNoConditions;
const Conditions kUnmet{.if_match = EtagCondition{false, {"x"}}};
const Conditions kNew{.if_none_match = EtagCondition{true, {}}};

constexpr std::uint64_t kLength = 100;

BlobProperties blob_of(BlobType type, bool sealed = false, std::uint32_t blocks = 3) {
  BlobProperties blob;
  blob.type = type;
  blob.content_length = kLength;
  blob.append_blocks = blocks;
  blob.sealed = sealed;
  return blob;
}

const BlobProperties kAppend = blob_of(BlobType::kAppend);
const BlobProperties kSealed = blob_of(BlobType::kAppend, true);
const BlobProperties kFull = blob_of(BlobType::kAppend, false, Limits::kMaxCommittedBlocks);
const BlobProperties kAlmostFull =
    blob_of(BlobType::kAppend, false, Limits::kMaxCommittedBlocks - 1);
const BlobProperties kBlock = blob_of(BlobType::kBlock, true);
const BlobProperties kPage = blob_of(BlobType::kPage, true);

std::string outcome(const Result<void>& result) {
  return result ? "ok" : std::string(info(result.error().code).azure_code);
}

// Each of the first cases fails for everything below it, too: the first check that applies answers.
TEST(CheckAppend, Table) {
  struct Case {
    const char* name;
    const BlobProperties* blob;
    std::optional<LeaseId> lease;
    Conditions conditions;
    std::optional<std::uint64_t> position, max_size;
    const char* expected;
  };
  const Case cases[] = {
      {"Block", &kBlock, kLease, kUnmet, 1, 1, "InvalidBlobType"},
      {"Page", &kPage, kLease, kUnmet, 1, 1, "InvalidBlobType"},
      {"Sealed", &kSealed, kLease, kUnmet, 1, 1, "BlobIsSealed"},
      {"Lease", &kFull, kLease, kUnmet, 1, 1, "LeaseNotPresentWithBlobOperation"},
      {"Conditions", &kFull, kNone, kUnmet, 1, 1, "ConditionNotMet"},
      {"NewOnly", &kFull, kNone, kNew, 1, 1, "ConditionNotMet"},
      {"Position", &kFull, kNone, kNoConditions, 1, 1, "AppendPositionConditionNotMet"},
      {"PositionBehind", &kAppend, kNone, kNoConditions, 101, {}, "AppendPositionConditionNotMet"},
      {"PositionZero", &kAppend, kNone, kNoConditions, 0, {}, "AppendPositionConditionNotMet"},
      {"Size", &kFull, kNone, kNoConditions, 100, 1, "MaxBlobSizeConditionNotMet"},
      {"SizeReached", &kAppend, kNone, kNoConditions, {}, 100, "MaxBlobSizeConditionNotMet"},
      {"SizePassed", &kAppend, kNone, kNoConditions, {}, 99, "MaxBlobSizeConditionNotMet"},
      {"SizeByOne", &kAppend, kNone, kNoConditions, {}, 109, "MaxBlobSizeConditionNotMet"},
      {"Count", &kFull, kNone, kNoConditions, 100, 110, "BlockCountExceedsLimit"},
      {"LastOne", &kAlmostFull, kNone, kNoConditions, {}, {}, "ok"},
      {"SizeFits", &kAppend, kNone, kNoConditions, 100, 110, "ok"},
      {"Nothing", &kAppend, kNone, kNoConditions, {}, {}, "ok"},
  };
  for (const Case& c : cases) {
    AppendBlock request;
    request.content_length = 10;
    request.lease = c.lease;
    request.conditions = c.conditions;
    request.position = c.position;
    request.max_size = c.max_size;
    EXPECT_EQ(outcome(check_append(request, *c.blob, kTime)), c.expected) << c.name;
  }
}

TEST(CheckSeal, Table) {
  struct Case {
    const char* name;
    const BlobProperties* blob;
    std::optional<LeaseId> lease;
    Conditions conditions;
    std::optional<std::uint64_t> position;
    const char* expected;
  };
  const Case cases[] = {
      {"Block", &kBlock, kLease, kUnmet, 1, "InvalidBlobType"},
      {"Lease", &kSealed, kLease, kUnmet, 1, "LeaseNotPresentWithBlobOperation"},
      {"Conditions", &kSealed, kNone, kUnmet, 1, "ConditionNotMet"},
      {"Position", &kSealed, kNone, kNoConditions, 1, "AppendPositionConditionNotMet"},
      {"Again", &kSealed, kNone, kNoConditions, 100, "ok"},
      {"Full", &kFull, kNone, kNoConditions, {}, "ok"},
      {"Nothing", &kAppend, kNone, kNoConditions, {}, "ok"},
  };
  for (const Case& c : cases) {
    AppendBlobSeal request;
    request.lease = c.lease;
    request.conditions = c.conditions;
    request.position = c.position;
    EXPECT_EQ(outcome(check_seal(request, *c.blob, kTime)), c.expected) << c.name;
  }
}

}  // namespace
}  // namespace lapis::blob
