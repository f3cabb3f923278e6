// Copies that go on behind their answers, and who works on them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lapis/blob/ops/abort_copy_blob.h"
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/pending_copy.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::test {

using namespace blob;

inline constexpr std::size_t kAtOnce = 100;

// Of a source elsewhere, to the blob "b".
class PendingCopyTest : public ::testing::Test {
 protected:
  explicit PendingCopyTest(BlobHarnessOptions options = {.limits = {.inline_body_bytes = 16}})
      : harness_(with_copies(std::move(options))) {
    sources_.content = content_;
  }
  BlobHarnessOptions with_copies(BlobHarnessOptions options) const {
    options.limits.copied_at_once = kAtOnce;
    options.features = features_;
    options.copies = copies_;
    return options;
  }

  Result<CopyBlobResult> copy(CopyBlob request) {
    request.blob.key = key_of("b");
    request.source.url = "http://elsewhere/c/a?sig=x";
    return harness_.run(copy_blob(harness_.service, std::move(request), sources_));
  }
  Guid begin(CopyBlob request = {}) {
    const auto begun = copy(std::move(request));
    EXPECT_TRUE(begun) << to_string(begun.error());
    EXPECT_EQ(begun->status, CopyStatus::kPending);
    return begun ? begun->copy : Guid{};
  }
  // Whether there was one that was due.
  bool work() { return work(harness_.service); }
  bool work(Service& service) {
    auto taken = service.copies->take(harness_.clock.instant());
    if (!taken) return false;
    auto run = [&]() -> io::Task<Result<void>> {
      co_await run_pending_copy(service, sources_, *std::move(taken));
      co_return Result<void>{};
    };
    return harness_.run(run()).has_value();
  }
  BlobProperties properties() {
    GetBlobProperties request;
    request.key = key_of("b");
    const auto found = harness_.run(get_blob_properties(harness_.service, std::move(request)));
    EXPECT_TRUE(found) << to_string(found.error());
    return found ? *found->properties : BlobProperties{};
  }
  Result<void> abort(const Guid& copy, std::optional<LeaseId> lease = {}) {
    return harness_.run(abort_copy_blob(harness_.service, {key_of("b"), copy, lease}));
  }
  std::size_t rows() { return harness_.rows_of(storage::Table::kPendingCopy); }
  // There is no content, and it can be written to.
  void expect_ended(CopyStatus status, const std::string& description = {}) {
    const BlobProperties ended = properties();
    EXPECT_EQ(ended.copy->status, status);
    EXPECT_EQ(ended.copy->description, description);
    EXPECT_TRUE(ended.copy->completed);
    EXPECT_EQ(ended.content_length, 0u);
    EXPECT_EQ(*harness_.get("b"), "");
    EXPECT_EQ(rows(), 0u);
    EXPECT_EQ(copies_->count(), 0u);
    EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
    EXPECT_TRUE(harness_.put("b", "anew"));
    EXPECT_FALSE(properties().copy);
  }
  static Error unreachable() { return Error{ErrorCode::kCannotVerifyCopySource, "broken"}; }
  static Error refused(int status) {
    Error error = unreachable();
    error.sent_status = status;
    return error;
  }

  const std::string content_ = pattern(1000, 1);
  const std::shared_ptr<PendingCopies> copies_ = std::make_shared<PendingCopies>();
  const std::shared_ptr<FeaturesByAccount> features_ = std::make_shared<FeaturesByAccount>();
  BlobHarness harness_;
  ScriptedSources sources_;
};

}  // namespace lapis::test
