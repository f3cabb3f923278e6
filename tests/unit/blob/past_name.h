// The name "b" of an account that keeps past states, for tests that say what they do to it in
// words.
#pragma once

#include <gtest/gtest.h>

#include <sstream>

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
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {

// The name "b" of an account, and operations on it by their names.
class Name {
 public:
  static constexpr auto kDay = std::chrono::hours(24);

  explicit Name(bool versions) : harness_({.features = features_}) { keep_versions(versions); }

  void keep_versions(bool keep) { (*features_)["acct"].versioning = keep; }

  void soft_delete(std::optional<std::uint32_t> days, bool permanent = false) {
    const ServicePropertiesChange change{.delete_retention = DeleteRetention{days, permanent}};
    ASSERT_TRUE(harness_.run(set_blob_service_properties(harness_.service, {"acct", change})));
  }

  // Each step at a time of its own. Steps that should not work have a '!' before.
  void run(const std::string& steps) {
    std::istringstream words(steps);
    for (std::string word; words >> word;) {
      harness_.clock.advance(std::chrono::seconds(1));
      const bool works = word[0] != '!';
      EXPECT_EQ(step(works ? word : word.substr(1)), works) << word << " of " << steps;
    }
  }

  // Every row of the name in order: S a snapshot, V a previous version, in small letters where they
  // are soft-deleted; D the soft-deleted blob, R a root that only counts, U uncommitted blocks, B
  // the blob, C where it has a version's id; and what it holds.
  std::string states() const {
    std::string shown;
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto name = parse_name_key(key);
      if (!name || name->name != "b") continue;
      if (!shown.empty()) shown += ' ';
      shown += name->row == NameRow::kUpload ? "U" : show(*name, value);
    }
    return shown;
  }

  // The id of the version that `states` shows like that.
  std::optional<Timestamp> version_of(const std::string& shown) const {
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto name = parse_name_key(key);
      if (!name || name->name != "b" || name->row != NameRow::kPast) continue;
      if (show(*name, value) == shown) return decode_properties(value)->version;
    }
    return std::nullopt;
  }

  std::vector<std::string> findings() { return test::past_findings(harness_.rows); }

  std::optional<BlobProperties> row_of(NameRow row) const {
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto name = parse_name_key(key);
      if (name && name->name == "b" && name->row == row) return decode_properties(value).value();
    }
    return std::nullopt;
  }

  const std::shared_ptr<FeaturesByAccount> features_ = std::make_shared<FeaturesByAccount>();
  test::BlobHarness harness_;
  ErrorCode last_error = ErrorCode::kInternalError;

 private:
  static std::string show(const NameKey& key, const std::string& value) {
    const BlobRecord blob = decode_state(key.row, value).value();
    const BlobProperties& properties = blob.properties;
    std::string kind = "B";
    if (key.row == NameRow::kPast) {
      kind = properties.snapshot ? "S" : "V";
      if (properties.deletion) kind[0] = static_cast<char>(kind[0] + ('a' - 'A'));
    } else if (key.row == NameRow::kRoot) {
      if (!properties.deletion) return "R";
      kind = "D";
    } else if (properties.version) {
      kind = "C";
    }
    if (blob.body.blocks.empty()) return kind + blob.body.inline_bytes;
    return kind + "L" + std::to_string(blob.body.blocks.size());
  }

  // The time of the oldest past state of that kind; nothing where there is none.
  std::optional<Timestamp> oldest(bool snapshot, bool deleted) const {
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto name = parse_name_key(key);
      if (!name || name->name != "b" || name->row != NameRow::kPast) continue;
      const BlobProperties past = decode_properties(value).value();
      if (past.snapshot.has_value() == snapshot && past.deletion.has_value() == deleted) {
        return name->time;
      }
    }
    return std::nullopt;
  }

  bool erase(SnapshotDeletion snapshots) {
    DeleteBlob request;
    request.key = test::key_of("b");
    request.snapshots = snapshots;
    return ok(harness_.run(delete_blob(harness_.service, request)));
  }

  bool erase_past(bool snapshot, bool deleted, bool permanently) {
    DeleteBlob request;
    request.key = test::key_of("b");
    (snapshot ? request.key.snapshot : request.key.version) = oldest(snapshot, deleted);
    request.permanently = permanently;
    return ok(harness_.run(delete_blob(harness_.service, request)));
  }

  bool copy(BlobKey source) {
    test::ScriptedSources sources;
    CopyBlob request;
    request.blob.key = test::key_of("b");
    request.source.url = "http://h/acct/box/b";
    request.local = std::move(source);
    return ok(harness_.run(copy_blob(harness_.service, std::move(request), sources)));
  }

  bool copy_past(bool snapshot) {
    BlobKey source = test::key_of("b");
    (snapshot ? source.snapshot : source.version) = oldest(snapshot, false);
    return copy(std::move(source));
  }

  template <class T>
  bool ok(const Result<T>& result) {
    if (!result) last_error = result.error().code;
    return result.has_value();
  }

  bool step(const std::string& word) {
    blob::Service& service = harness_.service;
    const BlobKey key = test::key_of("b");
    if (word == "put") return ok(harness_.put("b", std::to_string(++content_)));
    if (word == "page") {
      PutPageBlob request;
      request.blob.key = key;
      request.length = 512;
      return ok(harness_.run(put_page_blob(service, std::move(request))));
    }
    if (word == "stage") return ok(harness_.stage("b", "QUFB", "bytes"));
    if (word == "list") return ok(harness_.commit("b", test::latest({"QUFB"})));
    if (word == "copy") return copy(key);
    if (word == "copy-snapshot") return copy_past(true);
    if (word == "copy-version") return copy_past(false);
    if (word == "metadata") {
      return ok(harness_.run(set_blob_metadata(service, {key, Metadata{{"k", "v"}}, {}, {}})));
    }
    if (word == "properties") {
      SetBlobProperties request;
      request.key = key;
      return ok(harness_.run(set_blob_properties(service, std::move(request))));
    }
    if (word == "tier")
      return ok(harness_.run(set_blob_tier(service, {key, AccessTier::kCool, {}})));
    if (word == "tags")
      return ok(harness_.run(set_blob_tags(service, {key, {{"k", "1"}}, {}, {}})));
    if (word == "snapshot") return ok(harness_.run(snapshot_blob(service, {key, {}, {}, {}})));
    if (word == "delete") return erase(SnapshotDeletion::kNone);
    if (word == "delete-all") return erase(SnapshotDeletion::kInclude);
    if (word == "delete-snapshots") return erase(SnapshotDeletion::kOnly);
    if (word == "delete-snapshot") return erase_past(true, false, false);
    if (word == "delete-version") return erase_past(false, false, false);
    if (word == "delete-deleted-snapshot") return erase_past(true, true, false);
    if (word == "purge-snapshot") return erase_past(true, true, true);
    if (word == "purge-version") return erase_past(false, true, true);
    if (word == "purge-live-snapshot") return erase_past(true, false, true);
    if (word == "undelete") return ok(harness_.run(undelete_blob(service, {key})));
    if (word == "day") return pass(kDay);
    if (word == "week") return pass(7 * kDay);
    if (word == "unnoticed-week") {
      harness_.clock.advance(7 * kDay);
      return true;
    }
    ADD_FAILURE() << word;
    return false;
  }

  bool pass(std::chrono::hours time) {
    harness_.clock.advance(time);
    return ok(harness_.expire_deletions());
  }

  int content_ = 0;
};

}  // namespace lapis::blob
