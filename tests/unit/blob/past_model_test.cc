// Thousands of random operations against a plain model in accounts that keep what is deleted,
// versions, and both, with commits that fail and containers that go: each past state is what the
// model says, and after each pass of the reclaimer nothing is leaked and nothing lost. (Of what an
// account that keeps nothing does: model_test.cc.)
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

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
using test::pattern;

constexpr std::uint64_t kInline = 16;
using Bytes = std::shared_ptr<const std::string>;  // one upload of bytes: its identity counts

struct ModelBlob {
  struct Committed {
    Bytes whole;                                        // by Put Blob, or
    std::vector<std::pair<std::string, Bytes>> blocks;  // by a list
  };
  struct Past {
    Committed state;
    bool is_snapshot = false;
    std::optional<ServiceTime> until = {};  // deleted, and kept until then
  };
  std::optional<Committed> committed;
  std::map<std::string, Bytes> staged;
  std::vector<Past> past;       // oldest first
  std::optional<Past> deleted;  // the blob itself

  bool has_snapshots() const {
    const auto is_live = [](const Past& one) { return one.is_snapshot && !one.until; };
    return std::ranges::any_of(past, is_live);
  }
  bool has_versions() const {
    return std::ranges::any_of(past, [](const Past& one) { return !one.is_snapshot; });
  }
  bool has_blob() const { return committed || !staged.empty(); }
  bool is_empty() const { return !has_blob() && past.empty() && !deleted; }
};

std::string content_of(const ModelBlob::Committed& blob) {
  if (blob.whole) return *blob.whole;
  std::string content;
  for (const auto& [id, bytes] : blob.blocks) content += *bytes;
  return content;
}

class ModelRun : KeepingModel {
 public:
  ModelRun(unsigned seed, Regime regime) : KeepingModel(seed, regime, kInline) {}

  void step() {
    plan_failure();
    const std::string name = "blob" + std::to_string(random_() % 6);
    harness_.clock.advance(Ticks(random_() % 3));
    const auto kind = random_() % 125;
    if (kind < 20) {
      put(name);
    } else if (kind < 60) {
      stage(name);
    } else if (kind < 78) {
      commit(name);
    } else if (kind < 82) {
      erase(name);
    } else if (kind < 86) {
      take_snapshot(name);
    } else if (kind < 95) {
      read(name);
    } else if (kind < 99) {
      (void)harness_.reclaim();
    } else if (kind < 100) {
      replace_container();
    } else if (kind < 108) {
      copy(name);
    } else if (kind < 112) {
      set_metadata(name);
    } else if (kind < 118) {
      undelete(name);
    } else {
      pass_time();
    }
    fail_no_more();
  }

  // Everything readable, nothing held that nothing names.
  void check() {
    failing_ = false;
    ASSERT_TRUE(harness_.reclaim());
    for (int i = 0; i < 6; ++i) read("blob" + std::to_string(i));
    std::set<Bytes> in_chunks, in_rows;
    for (const auto& [name, blob] : model_) {
      for (const auto& [id, bytes] : blob.staged) add(bytes, in_chunks, in_rows);
      if (blob.committed) add_all(*blob.committed, in_chunks, in_rows);
      if (blob.deleted) add_all(blob.deleted->state, in_chunks, in_rows);
      for (const auto& past : blob.past) add_all(past.state, in_chunks, in_rows);
      check_past(name, blob);
    }
    ASSERT_EQ(test::past_findings(harness_.rows), std::vector<std::string>{});
    std::uint64_t held = 0;
    for (const Bytes& bytes : in_chunks) held += bytes->size();
    ASSERT_EQ(harness_.chunks.held_bytes(), held);
    ASSERT_EQ(harness_.chunks.live_bytes(), held);
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), in_rows.size());
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kContainerState), 1u);
    if (model_.empty()) {
      ASSERT_EQ(harness_.rows_of(Table::kSharedBody), 0u);
      ASSERT_EQ(harness_.rows_of(Table::kBlockOwner), 0u);
      ASSERT_EQ(harness_.rows_of(Table::kSegment), 0u);
    }
  }

 private:
  static void add(const Bytes& bytes, std::set<Bytes>& in_chunks, std::set<Bytes>& in_rows) {
    (bytes->size() > kInline ? in_chunks : in_rows).insert(bytes);
  }
  static void add_all(const ModelBlob::Committed& blob, std::set<Bytes>& in_chunks,
                      std::set<Bytes>& in_rows) {
    for (const auto& [id, bytes] : blob.blocks) add(bytes, in_chunks, in_rows);
    if (blob.whole && blob.whole->size() > kInline) in_chunks.insert(blob.whole);
  }

  Bytes random_bytes(std::size_t shortest) {
    const std::size_t length = random_() % 2 == 0 ? random_() % (kInline + 1) : random_() % 400;
    return std::make_shared<const std::string>(pattern(std::max(length, shortest), random_()));
  }

  void put(const std::string& name) {
    const Bytes bytes = random_bytes(0);
    if (!happened(harness_.put(name, *bytes))) return;
    ModelBlob& blob = model_[name];
    retire(blob);
    blob.committed = ModelBlob::Committed{bytes, {}};
    blob.staged.clear();
  }

  void stage(const std::string& name) {
    const std::string id = "block-" + std::to_string(10 + random_() % 50);
    const Bytes bytes = random_bytes(1);
    if (!happened(harness_.stage(name, id, *bytes))) return;
    model_[name].staged[id] = bytes;
  }

  // What an element finds, by the rules of the protocol.
  Bytes find(const ModelBlob& blob, BlockSource source, const std::string& id) {
    if (source != BlockSource::kCommitted) {
      if (const auto it = blob.staged.find(id); it != blob.staged.end()) return it->second;
      if (source == BlockSource::kUncommitted) return nullptr;
    }
    if (!blob.committed) return nullptr;
    for (const auto& [known, bytes] : blob.committed->blocks) {
      if (known == id) return bytes;
    }
    return nullptr;
  }

  void commit(const std::string& name) {
    const ModelBlob before = model_.contains(name) ? model_.at(name) : ModelBlob{};
    std::set<std::string> known;
    for (const auto& [id, bytes] : before.staged) known.insert(id);
    if (before.committed) {
      for (const auto& [id, bytes] : before.committed->blocks) known.insert(id);
    }
    if (random_() % 15 == 0) known.insert("block-99");
    std::vector<BlockListEntry> list;
    ModelBlob::Committed made;
    bool valid = true;
    for (const std::string& id : known) {
      if (random_() % 4 == 0) continue;
      auto source = static_cast<BlockSource>(random_() % 3);
      if (random_() % 8 != 0 && !find(before, source, id)) source = BlockSource::kLatest;
      const Bytes bytes = find(before, source, id);
      valid = valid && bytes;
      for (auto times = 1 + (random_() % 6 == 0) * (random_() % 30); times > 0; --times) {
        list.push_back({source, {id}});
        made.blocks.emplace_back(id, bytes);
      }
    }
    std::ranges::shuffle(list, random_);
    made.blocks.clear();
    for (const auto& entry : list) {
      made.blocks.emplace_back(entry.block.text, find(before, entry.source, entry.block.text));
    }
    const auto result = harness_.commit(name, list);
    if (!valid) {
      ASSERT_FALSE(result);
      ASSERT_EQ(result.error().code, ErrorCode::kInvalidBlockList);
    } else if (happened(result)) {
      ModelBlob& blob = model_[name];
      retire(blob);
      blob.committed = std::move(made);
      blob.staged.clear();
    }
  }

  void take_snapshot(const std::string& name) {
    const auto it = model_.find(name);
    const auto result =
        harness_.run(snapshot_blob(harness_.service, {test::key_of(name), {}, {}, {}}));
    if (it == model_.end() || !it->second.committed) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      ModelBlob& blob = it->second;
      if (regime_.versions) blob.past.push_back({*blob.committed});
      blob.past.push_back({*blob.committed, true});
      ASSERT_EQ(result->version.has_value(), regime_.versions);
    }
  }

  void erase(const std::string& name) {
    const auto it = model_.find(name);
    const bool has_any = it != model_.end() && it->second.has_snapshots();
    if (it != model_.end() && !it->second.past.empty() && random_() % 2 == 0) {
      return erase_one(name, it->second);
    }
    DeleteBlob request;
    request.key = test::key_of(name);
    request.snapshots = static_cast<SnapshotDeletion>(random_() % 3);
    const auto result = harness_.run(delete_blob(harness_.service, request));
    const bool does_nothing =
        request.snapshots == SnapshotDeletion::kOnly && (!has_any || !it->second.committed);
    if (it == model_.end() || !it->second.has_blob()) {
      const bool is_marker = it != model_.end() && it->second.has_versions();
      ASSERT_EQ(result.error().code,
                is_marker ? ErrorCode::kOperationNotAllowedOnRootBlob : ErrorCode::kBlobNotFound);
    } else if (does_nothing) {
      ASSERT_TRUE(result);
    } else if (it->second.committed && has_any && request.snapshots == SnapshotDeletion::kNone) {
      ASSERT_FALSE(result);
      if (!failing_) ASSERT_EQ(result.error().code, ErrorCode::kSnapshotsPresent);
    } else if (happened(result)) {
      delete_in_model(it->second, request.snapshots == SnapshotDeletion::kOnly);
      if (it->second.is_empty()) model_.erase(it);
    }
  }

  void delete_in_model(ModelBlob& blob, bool only_snapshots) {
    if (blob.committed) {
      for (auto& past : blob.past) {
        if (past.is_snapshot && !past.until) past.until = until();
      }
      if (!regime_.soft)
        std::erase_if(blob.past, [](const auto& one) { return one.until.has_value(); });
    }
    if (only_snapshots) return;
    blob.staged.clear();
    if (!blob.committed) return;
    if (regime_.versions) {
      blob.past.push_back({*blob.committed});
    } else if (regime_.soft) {
      blob.deleted = ModelBlob::Past{*blob.committed, false, until()};
    }
    blob.committed.reset();
  }

  // A snapshot or a version, whichever it is.
  void erase_one(const std::string& name, ModelBlob& blob) {
    const std::size_t at = random_() % blob.past.size();
    ModelBlob::Past& past = blob.past[at];
    DeleteBlob request;
    request.key = key_of(name, past, at);
    const auto result = harness_.run(delete_blob(harness_.service, request));
    if (past.until) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      past.until = until();
      if (!regime_.soft) blob.past.erase(blob.past.begin() + static_cast<std::ptrdiff_t>(at));
      if (blob.is_empty()) model_.erase(name);
    }
  }

  // From any state that can be read, of any name.
  void copy(const std::string& name) {
    if (model_.empty()) return;
    const auto from = std::next(model_.begin(), random_() % model_.size());
    const ModelBlob& source = from->second;
    CopyBlob request;
    request.blob.key = test::key_of(name);
    request.source.url = "http://h/acct/box/any";
    std::optional<ModelBlob::Committed> copied = source.committed;
    request.local = test::key_of(from->first);
    if (!source.past.empty() && random_() % 2 == 0) {
      const std::size_t at = random_() % source.past.size();
      request.local = key_of(from->first, source.past[at], at);
      copied.reset();
      if (!source.past[at].until) copied = source.past[at].state;
    }
    test::ScriptedSources sources;
    const auto result = harness_.run(copy_blob(harness_.service, std::move(request), sources));
    if (!copied) {
      ASSERT_FALSE(result);
      if (!failing_) ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      ModelBlob& blob = model_[name];
      retire(blob);
      blob.committed = std::move(copied);
      blob.staged.clear();
    }
  }

  void set_metadata(const std::string& name) {
    const auto it = model_.find(name);
    const auto result = harness_.run(
        set_blob_metadata(harness_.service, {test::key_of(name), Metadata{{"k", "v"}}, {}, {}}));
    if (it == model_.end() || !it->second.committed) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result) && regime_.versions) {
      it->second.past.push_back({*it->second.committed});
    }
  }

  void undelete(const std::string& name) {
    const auto it = model_.find(name);
    const auto result = harness_.run(undelete_blob(harness_.service, {test::key_of(name)}));
    const bool has_any = it != model_.end() &&
                         (it->second.committed || it->second.deleted || !it->second.past.empty());
    if (!has_any) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
      return;
    }
    ModelBlob& blob = it->second;
    const bool any_deleted = blob.deleted || std::ranges::any_of(blob.past, [](const auto& one) {
                               return one.until.has_value();
                             });
    if (!any_deleted) {
      ASSERT_TRUE(result);
    } else if (happened(result)) {
      if (blob.deleted) blob.committed = std::exchange(blob.deleted, {})->state;
      for (auto& past : blob.past) past.until.reset();
    }
  }

  void pass_time() {
    harness_.clock.advance(std::chrono::hours(24 * (1 + random_() % 4)));
    (void)harness_.expire_deletions();
    fail_no_more();
    ASSERT_TRUE(harness_.expire_deletions());
    const ServiceTime now = harness_.service.time->now();
    for (auto it = model_.begin(); it != model_.end();) {
      ModelBlob& blob = it->second;
      std::erase_if(blob.past, [now](const auto& one) { return one.until && *one.until <= now; });
      if (blob.deleted && *blob.deleted->until <= now) blob.deleted.reset();
      it = blob.is_empty() ? model_.erase(it) : std::next(it);
    }
  }

  // What stood there becomes what the account keeps of it.
  void retire(ModelBlob& blob) {
    if (blob.deleted) {
      const ModelBlob::Past deleted = *std::exchange(blob.deleted, {});
      blob.past.push_back({deleted.state, true, deleted.until});
    }
    if (!blob.committed) return;
    if (regime_.versions) {
      blob.past.push_back({*blob.committed});
    } else if (regime_.soft) {
      blob.past.push_back({*blob.committed, true, until()});
    }
  }

  std::vector<std::pair<Timestamp, BlobProperties>> past_of(const std::string& name) const {
    std::vector<std::pair<Timestamp, BlobProperties>> found;
    for (const auto& [key, value] : harness_.rows.rows()) {
      const auto parsed = parse_name_key(key);
      if (!parsed || parsed->name != name || parsed->row != NameRow::kPast) continue;
      if (is_swept(parsed->container)) continue;
      found.emplace_back(parsed->time, decode_properties(value).value());
    }
    return found;
  }

  bool is_swept(ContainerId container) const {
    const auto rows = harness_.rows.rows();
    const auto row = rows.find(container_state_key(container));
    return row == rows.end() || decode_container_state(row->second)->deleted != 0;
  }

  BlobKey key_of(const std::string& name, const ModelBlob::Past& past, std::size_t at) const {
    BlobKey key = test::key_of(name);
    (past.is_snapshot ? key.snapshot : key.version) = past_of(name).at(at).first;
    return key;
  }

  void check_past(const std::string& name, const ModelBlob& blob) {
    const auto rows = past_of(name);
    ASSERT_EQ(rows.size(), blob.past.size()) << name;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const ModelBlob::Past& past = blob.past[i];
      ASSERT_EQ(rows[i].second.snapshot.has_value(), past.is_snapshot) << name << i;
      ASSERT_EQ(rows[i].second.deletion.has_value(), past.until.has_value()) << name << i;
      if (past.until) {
        ASSERT_EQ(rows[i].second.deletion->until, *past.until);
      }
      GetBlob request;
      request.key = key_of(name, past, i);
      auto got = harness_.run(get_blob(harness_.service, request));
      ASSERT_EQ(got.has_value(), !past.until);
      if (got) {
        ASSERT_EQ(harness_.run(test::read_all(*got->body)), content_of(past.state));
      }
    }
  }

  void read(const std::string& name) {
    const auto it = model_.find(name);
    const auto result = harness_.get(name);
    if (it == model_.end() || !it->second.committed) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else {
      const std::string content = content_of(*it->second.committed);
      ASSERT_TRUE(result) << to_string(result.error());
      ASSERT_EQ(*result, content);
    }
  }

  void replace_container() {
    const auto gone = harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}}));
    if (!happened(gone)) return;
    model_.clear();
    ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "box"}, {}})));
  }

  std::map<std::string, ModelBlob> model_;
};

void run_model(unsigned seed, Regime regime, int steps) {
  SCOPED_TRACE(testing::Message() << "seed " << seed << ", soft delete " << regime.soft
                                  << ", versions " << regime.versions);
  ModelRun run(seed, regime);
  for (int step = 0; step < steps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    run.step();
    if (step % 100 == 99) run.check();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PastModel, RandomStepsLoseAndLeakNothing) {
  for (const unsigned seed : {21u, 22u}) {
    run_model(seed, {.soft = true}, 1500);
    run_model(seed, {.versions = true}, 1500);
    run_model(seed, {.soft = true, .versions = true}, 1500);
  }
}

}  // namespace
}  // namespace lapis::blob
