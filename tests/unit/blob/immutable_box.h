// ImmutableBox: the container "box" of an account with versions and version-level immutability, and
// operations whose outcome is a word: nothing, or Azure's code.
#pragma once

#include <memory>
#include <string>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/delete_blob_immutability_policy.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/set_blob_immutability_policy.h"
#include "lapis/blob/ops/set_blob_legal_hold.h"
#include "lapis/blob/ops/set_blob_service_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"
#include "support/past_findings.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::test {

template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "" : std::string(info(result.error().code).azure_code);
}

constexpr auto kDay = std::chrono::hours(24);

class ImmutableBox {
 public:
  // Chunks hold whole pages.
  ImmutableBox()
      : harness({.chunks = {.max_chunk_length = 512, .lend_length = 64}, .features = features}) {
    switch_to(true, true);
  }

  void switch_to(bool versioning, bool immutable_storage) {
    (*features)["acct"] = {.versioning = versioning, .immutable_storage = immutable_storage};
  }
  void soft_delete(std::uint32_t days) {
    const blob::ServicePropertiesChange change{.delete_retention =
                                                   blob::DeleteRetention{days, true}};
    ASSERT_TRUE(harness.run(blob::set_blob_service_properties(harness.service, {"acct", change})));
  }

  blob::ImmutabilityPolicy policy(Ticks ahead, bool locked = false) const {
    return {harness.clock.now() + ahead, locked};
  }
  std::string set_policy(blob::BlobKey key, blob::ImmutabilityPolicy policy) {
    return outcome(harness.run(
        blob::set_blob_immutability_policy(harness.service, {std::move(key), policy, {}})));
  }
  std::string delete_policy(blob::BlobKey key) {
    return outcome(
        harness.run(blob::delete_blob_immutability_policy(harness.service, {std::move(key)})));
  }
  std::string hold(blob::BlobKey key, bool hold = true) {
    return outcome(harness.run(blob::set_blob_legal_hold(harness.service, {std::move(key), hold})));
  }
  std::string erase(blob::BlobKey key,
                    blob::SnapshotDeletion snapshots = blob::SnapshotDeletion::kNone,
                    bool permanently = false) {
    blob::DeleteBlob request;
    request.key = std::move(key);
    request.snapshots = snapshots;
    request.permanently = permanently;
    return outcome(harness.run(blob::delete_blob(harness.service, std::move(request))));
  }
  std::string delete_container() {
    return outcome(harness.run(blob::delete_container(harness.service, {{"acct", "box"}, {}, {}})));
  }
  std::string copy(blob::BlobKey from, const std::string& to) {
    ScriptedSources sources;
    blob::CopyBlob request;
    request.blob.key = key_of(to);
    request.source.url = "http://h/acct/box/any";
    request.local = std::move(from);
    return outcome(harness.run(blob::copy_blob(harness.service, std::move(request), sources)));
  }
  // The snapshot's key.
  blob::BlobKey snapshot(const std::string& name) {
    const auto taken =
        harness.run(blob::snapshot_blob(harness.service, {key_of(name), {}, {}, {}}));
    EXPECT_TRUE(taken) << to_string(taken.error());
    blob::BlobKey key = key_of(name);
    key.snapshot = taken->snapshot;
    return key;
  }

  Result<blob::BlobProperties> find(blob::BlobKey key) {
    LAPIS_TRY(const auto found,
              harness.run(blob::get_blob_properties(harness.service, {std::move(key), {}, {}})));
    return *found.properties;
  }
  // The key by which the blob is found when it is one no more.
  blob::BlobKey version_of(const std::string& name) {
    blob::BlobKey key = key_of(name);
    key.version = find(key).value().version;
    EXPECT_TRUE(key.version);
    return key;
  }
  Result<std::string> content(blob::BlobKey key) {
    blob::GetBlob request;
    request.key = std::move(key);
    LAPIS_TRY(auto result, harness.run(blob::get_blob(harness.service, std::move(request))));
    return harness.run(read_all(*result.body));
  }

  const std::shared_ptr<blob::FeaturesByAccount> features =
      std::make_shared<blob::FeaturesByAccount>();
  BlobHarness harness;
};

}  // namespace lapis::test
