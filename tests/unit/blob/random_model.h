// RandomModel: what models of random operations on a blob service have in common: chance, and
// commits that fail.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "support/blob_harness.h"

namespace lapis::blob {

class RandomModel {
 protected:
  explicit RandomModel(unsigned seed, test::BlobHarnessOptions options = {})
      : random_(seed), harness_(std::move(options)) {}

  // One in twenty operations meets a commit that fails, its n-th; nothing of it may be seen.
  void plan_failure(std::uint64_t commit = 1) {
    failing_ = random_() % 20 == 0;
    if (failing_) fail_commit(commit);
  }
  void fail_commit(std::uint64_t commit) {
    harness_.rows.fail_commit(commit, Error{ErrorCode::kInternalError, "planned"});
  }
  void fail_no_more() { harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError}); }

  template <class T>
  bool happened(const Result<T>& result) {
    if (failing_) {
      EXPECT_FALSE(result) << "a failed commit was answered with success";
      return false;
    }
    EXPECT_TRUE(result) << to_string(result.error());
    return result.has_value();
  }

  std::mt19937 random_;
  test::BlobHarness harness_;
  bool failing_ = false;
};

}  // namespace lapis::blob
