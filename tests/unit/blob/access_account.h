// An account that keeps times of last access, and a queue of reads whose times are to be written.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "lapis/blob/access_queue.h"
#include "lapis/blob/access_times.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "support/blob_harness.h"

namespace lapis::test {

// It keeps them unless told otherwise. Blob "b" of it.
class AccessAccount {
 public:
  explicit AccessAccount(std::size_t queue_bytes = blob::AccessQueue::kMostBytes)
      : queue_(std::make_shared<blob::AccessQueue>(queue_bytes)),
        harness_({.features = features_, .accesses = queue_}) {
    keep(true);
  }

  void keep(bool keeps) { (*features_)["acct"].last_access_time = keeps; }
  void keep_versions() { (*features_)["acct"].versioning = true; }
  Timestamp now() const { return harness_.clock.now(); }
  void pass(Ticks time) { harness_.clock.advance(time); }

  bool read(const blob::BlobKey& key) {
    blob::GetBlob request;
    request.key = key;
    return harness_.run(blob::get_blob(harness_.service, std::move(request))).has_value();
  }
  bool read() { return read(key_of("b")); }
  // How many rows were written.
  std::uint64_t write() {
    std::uint64_t written = 0;
    EXPECT_TRUE(harness_.run(blob::write_access_times(harness_.service, written)));
    return written;
  }

  // As HEAD tells it.
  std::optional<Timestamp> told(const blob::BlobKey& key) {
    blob::GetBlobProperties request;
    request.key = key;
    const auto found =
        harness_.run(blob::get_blob_properties(harness_.service, std::move(request)));
    EXPECT_TRUE(found);
    return found ? found->last_access : std::nullopt;
  }
  std::optional<Timestamp> told() { return told(key_of("b")); }
  blob::BlobProperties properties(const blob::BlobKey& key) {
    blob::GetBlobProperties request;
    request.key = key;
    const auto found =
        harness_.run(blob::get_blob_properties(harness_.service, std::move(request)));
    EXPECT_TRUE(found);
    return found ? *found->properties : blob::BlobProperties{};
  }
  blob::BlobKey version(Timestamp id) { return {"acct", "box", "b", {}, id}; }
  blob::BlobKey snapshot(Timestamp time) { return {"acct", "box", "b", time, {}}; }

  const std::shared_ptr<blob::FeaturesByAccount> features_ =
      std::make_shared<blob::FeaturesByAccount>();
  const std::shared_ptr<blob::AccessQueue> queue_;
  BlobHarness harness_;
};

}  // namespace lapis::test
