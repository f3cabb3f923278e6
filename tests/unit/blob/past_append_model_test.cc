// Append blobs in accounts that keep what is deleted, versions, and both, against a plain model:
// their past states hold beginnings of a body that grows, each shows what it held, and when the
// last has gone nothing is left of any. (Of other blobs: past_model_test.cc.)
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "blob/records.h"
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/set_blob_metadata.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "lapis/blob/ops/undelete_blob.h"
#include "support/past_findings.h"
#include "unit/blob/keeping_model.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::key_of;
using test::pattern;

constexpr std::size_t kInline = 16;
constexpr std::size_t kNames = 3;

struct ModelBlob {
  struct Past {
    std::string content;
    bool is_snapshot = false;
    std::optional<ServiceTime> until = {};  // deleted, and kept until then
  };
  std::optional<std::string> content;
  std::vector<Past> past;  // oldest first
  std::optional<Past> deleted;

  bool has_snapshots() const {
    const auto is_live = [](const Past& one) { return one.is_snapshot && !one.until; };
    return std::ranges::any_of(past, is_live);
  }
};

class ModelRun : KeepingModel {
 public:
  ModelRun(unsigned seed, Regime regime) : KeepingModel(seed, regime, kInline) {}

  void step() {
    plan_failure();
    const std::string name = "log" + std::to_string(random_() % kNames);
    harness_.clock.advance(Ticks(random_() % 3));
    const auto kind = random_() % 100;
    if (kind < 8) {
      create(name);
    } else if (kind < 62) {
      append(name);
    } else if (kind < 70) {
      take_snapshot(name);
    } else if (kind < 76) {
      set_metadata(name);
    } else if (kind < 82) {
      copy(name);
    } else if (kind < 86) {
      erase(name);
    } else if (kind < 90) {
      erase_one(name);
    } else if (kind < 94) {
      undelete(name);
    } else if (kind < 97) {
      (void)harness_.reclaim();
    } else {
      pass_days(1 + random_() % 4);
    }
    fail_no_more();
  }

  void check() {
    failing_ = false;
    ASSERT_TRUE(harness_.reclaim());
    for (const auto& [name, blob] : model_) {
      EXPECT_EQ(harness_.get(name).value_or("no blob"), blob.content.value_or("no blob"));
      const auto rows = past_of(name);
      ASSERT_EQ(rows.size(), blob.past.size()) << name;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(rows[i].second.deletion.has_value(), blob.past[i].until.has_value());
        GetBlob request;
        request.key = key_of_past(name, i);
        auto got = harness_.run(get_blob(harness_.service, request));
        ASSERT_EQ(got.has_value(), !blob.past[i].until);
        if (got) {
          ASSERT_EQ(harness_.run(test::read_all(*got->body)), blob.past[i].content);
        }
      }
    }
    ASSERT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{});
  }

  // Nothing is left of anything.
  void end() {
    failing_ = false;
    for (std::size_t i = 0; i < kNames; ++i) {
      const std::string name = "log" + std::to_string(i);
      DeleteBlob request;
      request.key = key_of(name);
      request.snapshots = SnapshotDeletion::kInclude;
      (void)harness_.run(delete_blob(harness_.service, request));
      for (const auto& [time, properties] : past_of(name)) {
        if (properties.deletion) continue;
        DeleteBlob one;
        one.key = key_of(name);
        (properties.snapshot ? one.key.snapshot : one.key.version) = time;
        ASSERT_TRUE(harness_.run(delete_blob(harness_.service, one)));
      }
    }
    harness_.clock.advance(std::chrono::hours(24 * 8));
    ASSERT_TRUE(harness_.expire_deletions());
    ASSERT_TRUE(harness_.reclaim());
    ASSERT_TRUE(harness_.reclaim());
    for (const Table table : {Table::kBlob, Table::kExpiry, Table::kSharedBody, Table::kSegment,
                              Table::kBlockBytes, Table::kRelease}) {
      EXPECT_EQ(harness_.rows_of(table), 0u) << static_cast<int>(table);
    }
    EXPECT_EQ(harness_.chunks.held_bytes(), 0u);
  }

 private:
  template <class T>
  void expect_absent(const Result<T>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kBlobNotFound);
  }

  void create(const std::string& name) {
    if (happened(harness_.create_append_blob(name))) replace(name, "");
  }

  void append(const std::string& name) {
    const std::size_t most = random_() % 2 == 0 ? kInline : 300;
    const std::string bytes = pattern(1 + random_() % most, random_());
    const auto result = harness_.append(name, bytes);
    ModelBlob& blob = model_[name];
    if (!blob.content) return expect_absent(result);
    if (happened(result)) *blob.content += bytes;
  }

  void take_snapshot(const std::string& name) {
    const auto result = harness_.run(snapshot_blob(harness_.service, {key_of(name), {}, {}, {}}));
    ModelBlob& blob = model_[name];
    if (!blob.content) return expect_absent(result);
    if (!happened(result)) return;
    if (regime_.versions) blob.past.push_back({*blob.content});
    blob.past.push_back({*blob.content, true});
  }

  void set_metadata(const std::string& name) {
    const auto result = harness_.run(
        set_blob_metadata(harness_.service, {key_of(name), Metadata{{"k", "v"}}, {}, {}}));
    ModelBlob& blob = model_[name];
    if (!blob.content) return expect_absent(result);
    if (happened(result) && regime_.versions) blob.past.push_back({*blob.content});
  }

  // From a state that can be read, of any name.
  void copy(const std::string& name) {
    const std::string from = "log" + std::to_string(random_() % kNames);
    const ModelBlob& source = model_[from];
    CopyBlob request;
    request.blob.key = key_of(name);
    request.source.url = "http://h/acct/box/any";
    request.local = key_of(from);
    std::optional<std::string> content = source.content;
    if (!source.past.empty() && random_() % 2 == 0) {
      const std::size_t at = random_() % source.past.size();
      request.local = key_of_past(from, at);
      content.reset();
      if (!source.past[at].until) content = source.past[at].content;
    }
    test::ScriptedSources sources;
    const auto result = harness_.run(copy_blob(harness_.service, std::move(request), sources));
    if (!content) {
      EXPECT_FALSE(result);
    } else if (happened(result)) {
      replace(name, *content);
    }
  }

  void erase(const std::string& name) {
    DeleteBlob request;
    request.key = key_of(name);
    request.snapshots = random_() % 2 == 0 ? SnapshotDeletion::kInclude : SnapshotDeletion::kOnly;
    ModelBlob& blob = model_[name];
    const bool does_nothing = request.snapshots == SnapshotDeletion::kOnly && !blob.has_snapshots();
    const auto result = harness_.run(delete_blob(harness_.service, request));
    if (!blob.content) {
      EXPECT_FALSE(result);
      return;
    }
    if (does_nothing) {
      EXPECT_TRUE(result);
      return;
    }
    if (!happened(result)) return;
    for (auto& past : blob.past) {
      if (past.is_snapshot && !past.until) past.until = until();
    }
    if (!regime_.soft) std::erase_if(blob.past, [](const auto& one) { return one.until; });
    if (request.snapshots == SnapshotDeletion::kOnly) return;
    if (regime_.versions) {
      blob.past.push_back({*blob.content});
    } else {
      blob.deleted = ModelBlob::Past{*blob.content, false, until()};
    }
    blob.content.reset();
  }

  void erase_one(const std::string& name) {
    ModelBlob& blob = model_[name];
    if (blob.past.empty()) return;
    const std::size_t at = random_() % blob.past.size();
    DeleteBlob request;
    request.key = key_of_past(name, at);
    const auto result = harness_.run(delete_blob(harness_.service, request));
    if (blob.past[at].until) return expect_absent(result);
    if (!happened(result)) return;
    blob.past[at].until = until();
    if (!regime_.soft) blob.past.erase(blob.past.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void undelete(const std::string& name) {
    ModelBlob& blob = model_[name];
    const auto is_deleted = [](const auto& one) { return one.until.has_value(); };
    const auto result = harness_.run(undelete_blob(harness_.service, {key_of(name)}));
    if (!blob.content && !blob.deleted && blob.past.empty()) return expect_absent(result);
    if (!blob.deleted && std::ranges::none_of(blob.past, is_deleted)) {
      EXPECT_TRUE(result);
      return;
    }
    if (!happened(result)) return;
    if (blob.deleted) blob.content = std::exchange(blob.deleted, {})->content;
    for (auto& past : blob.past) past.until.reset();
  }

  void pass_days(std::uint64_t days) {
    harness_.clock.advance(std::chrono::hours(24 * days));
    (void)harness_.expire_deletions();
    fail_no_more();
    ASSERT_TRUE(harness_.expire_deletions());
    const ServiceTime now = harness_.service.time->now();
    for (auto& [name, blob] : model_) {
      std::erase_if(blob.past, [now](const auto& one) { return one.until && *one.until <= now; });
      if (blob.deleted && *blob.deleted->until <= now) blob.deleted.reset();
    }
  }

  // What stood there becomes what the account keeps of it.
  void replace(const std::string& name, std::string content) {
    ModelBlob& blob = model_[name];
    if (blob.deleted) {
      const ModelBlob::Past deleted = *std::exchange(blob.deleted, {});
      blob.past.push_back({deleted.content, true, deleted.until});
    }
    if (blob.content && regime_.versions) {
      blob.past.push_back({*blob.content});
    } else if (blob.content) {
      blob.past.push_back({*blob.content, true, until()});
    }
    blob.content = std::move(content);
  }

  std::vector<std::pair<Timestamp, BlobProperties>> past_of(const std::string& name) const {
    std::vector<std::pair<Timestamp, BlobProperties>> found;
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto parsed = parse_name_key(key);
      if (!parsed || parsed->name != name || parsed->row != NameRow::kPast) continue;
      found.emplace_back(parsed->time, decode_properties(value).value());
    }
    return found;
  }

  BlobKey key_of_past(const std::string& name, std::size_t at) const {
    const auto rows = past_of(name);
    BlobKey key = key_of(name);
    const auto& [time, properties] = rows.at(at);
    (properties.snapshot ? key.snapshot : key.version) = time;
    return key;
  }

  std::map<std::string, ModelBlob> model_;
};

TEST(PastAppendModel, RandomStepsLoseAndLeakNothing) {
  for (const unsigned seed : {31u, 32u}) {
    for (const Regime regime : {Regime{true, false}, Regime{false, true}, Regime{true, true}}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", soft delete " << regime.soft
                                      << ", versions " << regime.versions);
      ModelRun run(seed, regime);
      for (int step = 0; step < 1500; ++step) {
        SCOPED_TRACE("step " + std::to_string(step));
        run.step();
        if (step % 100 == 99) run.check();
        if (testing::Test::HasFailure()) return;
      }
      run.end();
    }
  }
}

}  // namespace
}  // namespace lapis::blob
