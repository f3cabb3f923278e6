// Thousands of random operations against a plain model, with commits that fail and containers that
// go, and after each pass of the reclaimer: nothing leaked, nothing lost. What tags find is what
// the model says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/find_blobs_by_tags.h"
#include "lapis/blob/ops/get_blob_tags.h"
#include "lapis/blob/ops/list_blobs.h"
#include "lapis/blob/ops/set_blob_tags.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "unit/blob/random_model.h"
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
    Tags tags;
  };
  std::optional<Committed> committed;
  std::map<std::string, Bytes> staged;
  std::map<Timestamp, Committed> snapshots;
};

std::string content_of(const ModelBlob::Committed& blob) {
  if (blob.whole) return *blob.whole;
  std::string content;
  for (const auto& [id, bytes] : blob.blocks) content += *bytes;
  return content;
}

class Names final : public ListSink {
 public:
  void blob(std::string_view name, const BlobProperties&) override { blobs.emplace(name); }
  void versions_only(std::string_view, const BlobProperties&) override { ADD_FAILURE(); }
  void uncommitted(std::string_view name) override { uploads.emplace(name); }
  void prefix(std::string_view) override {}
  std::set<std::string> blobs, uploads;
};

class ModelRun : RandomModel {
 public:
  explicit ModelRun(unsigned seed) : RandomModel(seed, {.limits = {kInline}}) {}

  void step() {
    plan_failure();
    const std::string name = "blob" + std::to_string(random_() % 6);
    const auto kind = random_() % 100;
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
    } else if (kind < 89) {
      set_tags(name);
    } else if (kind < 92) {
      copy(name);
    } else if (kind < 95) {
      read(name);
    } else if (kind < 97) {
      reclaim();
    } else if (kind < 98) {
      replace_container();
    } else {
      list();
    }
    fail_no_more();
  }

  // Everything readable, nothing held that nothing names.
  void check() {
    failing_ = false;
    ASSERT_TRUE(harness_.reclaim());
    for (int i = 0; i < 6; ++i) read("blob" + std::to_string(i));
    check_tags();
    std::set<Bytes> in_chunks, in_rows;
    for (const auto& [name, blob] : model_) {
      for (const auto& [id, bytes] : blob.staged) add(bytes, in_chunks, in_rows);
      if (blob.committed) add_all(*blob.committed, in_chunks, in_rows);
      for (const auto& [time, past] : blob.snapshots) {
        add_all(past, in_chunks, in_rows);
        ASSERT_EQ(harness_.get_snapshot(name, time), content_of(past));
      }
    }
    std::uint64_t held = 0;
    for (const Bytes& bytes : in_chunks) held += bytes->size();
    ASSERT_EQ(harness_.chunks.held_bytes(), held);
    ASSERT_EQ(harness_.chunks.live_bytes(), held);
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), in_rows.size());
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kContainerState), 1u);
    check_sharing();
  }

  // One row of the index for each tag of a blob, and none for those of snapshots.
  void check_tags() {
    std::size_t tags = 0;
    for (const auto& [name, blob] : model_) {
      if (blob.committed) tags += blob.committed->tags.size();
      for (const auto& [time, past] : blob.snapshots) {
        BlobKey key = test::key_of(name);
        key.snapshot = time;
        ASSERT_EQ(harness_.run(get_blob_tags(harness_.service, {key, {}, {}})), past.tags);
      }
    }
    ASSERT_EQ(harness_.rows_of(Table::kTag), tags);
    for (int i = 0; i < 10; ++i) find_by_tags();
  }

  // What one row holds alone has no rows that say who holds it.
  void check_sharing() {
    std::size_t states = 0;
    for (const auto& [name, blob] : model_) states += blob.snapshots.size() + 1;
    ASSERT_LE(harness_.rows_of(Table::kSharedBody), states);
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

  // Of two keys, values that meet often.
  Tags random_tags() {
    Tags tags;
    for (const char* key : {"k", "l"}) {
      if (random_() % 3 != 0) tags.emplace_back(key, std::to_string(random_() % 4));
    }
    return tags;
  }

  void put(const std::string& name) {
    const Bytes bytes = random_bytes(0);
    PutBlob request;
    request.key = test::key_of(name);
    const Tags tags = request.tags = random_tags();
    if (!happened(harness_.put(std::move(request), *bytes))) return;
    ModelBlob& blob = model_[name];
    blob.committed = ModelBlob::Committed{bytes, {}, tags};
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
    made.tags = random_tags();
    PutBlockList request;
    request.key = test::key_of(name);
    request.blocks = std::move(list);
    request.tags = made.tags;
    const auto result = harness_.run(put_block_list(harness_.service, std::move(request)));
    if (!valid) {
      ASSERT_FALSE(result);
      ASSERT_EQ(result.error().code, ErrorCode::kInvalidBlockList);
    } else if (happened(result)) {
      ModelBlob& blob = model_[name];
      blob.committed = std::move(made);
      blob.staged.clear();
    }
  }

  void set_tags(const std::string& name) {
    const auto it = model_.find(name);
    const Tags tags = random_tags();
    const auto result =
        harness_.run(set_blob_tags(harness_.service, {test::key_of(name), tags, {}, {}}));
    if (it == model_.end() || !it->second.committed) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      it->second.committed->tags = tags;
    }
  }

  TagRange random_range(std::string key) {
    TagRange range{std::move(key), std::to_string(random_() % 4), false, std::nullopt, false};
    if (random_() % 2 == 0) {
      range.last = range.first;  // one value
      return range;
    }
    range.after_first = random_() % 2 == 0;
    if (random_() % 2 == 0) range.last = std::to_string(random_() % 4);
    range.before_last = range.last && random_() % 2 == 0;
    return range;
  }

  void find_by_tags() {
    FindBlobsByTags request;
    request.account = "acct";
    request.query.container = "box";
    request.query.ranges.push_back(random_range("k"));
    if (random_() % 2 == 0) request.query.ranges.push_back(random_range("l"));
    request.max_results = 1 + random_() % 6;
    std::set<std::string> expected, found;
    for (const auto& [name, blob] : model_) {
      if (!blob.committed) continue;
      const auto meets = [&](const TagRange& range) {
        const std::string* value = find_tag(blob.committed->tags, range.key);
        return value != nullptr && range.contains(*value);
      };
      if (std::ranges::all_of(request.query.ranges, meets)) expected.insert(name);
    }
    do {
      const auto page = harness_.run(find_blobs_by_tags(harness_.service, request));
      ASSERT_TRUE(page) << to_string(page.error());
      for (const auto& item : page->items) ASSERT_TRUE(found.insert(item.name).second);
      request.start = page->next;
    } while (request.start);
    ASSERT_EQ(found, expected);
  }

  void take_snapshot(const std::string& name) {
    const auto it = model_.find(name);
    const auto result =
        harness_.run(snapshot_blob(harness_.service, {test::key_of(name), {}, {}, {}}));
    if (it == model_.end() || !it->second.committed) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      ModelBlob& blob = it->second;
      ASSERT_TRUE(blob.snapshots.emplace(result->snapshot, *blob.committed).second);
      ASSERT_EQ(blob.snapshots.rbegin()->first, result->snapshot);
    }
  }

  // Of a blob or a snapshot, onto any name: its own, that of its snapshot's blob, a new one.
  void copy(const std::string& name) {
    const std::string target = "blob" + std::to_string(random_() % 6);
    CopyBlob request;
    request.blob.key = test::key_of(target);
    request.local = test::key_of(name);
    const Tags tags = request.blob.tags = random_tags();
    const auto it = model_.find(name);
    std::optional<ModelBlob::Committed> source;
    if (it != model_.end()) {
      const auto& snapshots = it->second.snapshots;
      source = it->second.committed;
      if (!snapshots.empty() && random_() % 2 == 0) {
        const auto at =
            std::next(snapshots.begin(), static_cast<std::ptrdiff_t>(random_() % snapshots.size()));
        request.local->snapshot = at->first;
        source = at->second;
      }
    }
    test::ScriptedSources none;
    const auto result = harness_.run(copy_blob(harness_.service, std::move(request), none));
    if (!source) {
      ASSERT_FALSE(result);
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(result)) {
      ModelBlob& blob = model_[target];
      blob.committed = *source;
      blob.committed->tags = tags;
      blob.staged.clear();
    }
  }

  void erase(const std::string& name) {
    const auto it = model_.find(name);
    const bool has_any = it != model_.end() && !it->second.snapshots.empty();
    if (has_any && random_() % 2 == 0) return erase_one_snapshot(name, it->second);
    DeleteBlob request;
    request.key = test::key_of(name);
    request.snapshots = static_cast<SnapshotDeletion>(random_() % 3);
    const auto result = harness_.run(delete_blob(harness_.service, request));
    const bool does_nothing = !has_any && request.snapshots == SnapshotDeletion::kOnly;
    if (it == model_.end()) {
      ASSERT_EQ(result.error().code, ErrorCode::kBlobNotFound);
    } else if (does_nothing) {
      ASSERT_TRUE(result);
    } else if (has_any && request.snapshots == SnapshotDeletion::kNone) {
      ASSERT_FALSE(result);
      if (!failing_) ASSERT_EQ(result.error().code, ErrorCode::kSnapshotsPresent);
    } else if (happened(result)) {
      it->second.snapshots.clear();
      if (request.snapshots != SnapshotDeletion::kOnly) model_.erase(it);
    }
  }

  void erase_one_snapshot(const std::string& name, ModelBlob& blob) {
    const auto at = std::next(blob.snapshots.begin(),
                              static_cast<std::ptrdiff_t>(random_() % blob.snapshots.size()));
    DeleteBlob request;
    request.key = test::key_of(name);
    request.key.snapshot = at->first;
    if (happened(harness_.run(delete_blob(harness_.service, request)))) blob.snapshots.erase(at);
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
      if (content.empty()) return;
      const std::uint64_t first = random_() % content.size();
      const std::uint64_t last = first + random_() % content.size();
      ASSERT_EQ(harness_.get(name, RequestedRange{first, last}),
                content.substr(first, last - first + 1));
    }
  }

  void reclaim() { (void)harness_.reclaim(); }

  void replace_container() {
    const auto gone = harness_.run(delete_container(harness_.service, {{"acct", "box"}, {}, {}}));
    if (!happened(gone)) return;
    model_.clear();
    ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", "box"}, {}})));
  }

  void list() {
    ListBlobs request;
    request.key = {"acct", "box"};
    request.include_uncommitted = true;
    Names names;
    ASSERT_TRUE(harness_.run(list_blobs(harness_.service, request, names)));
    std::set<std::string> blobs, uploads;
    for (const auto& [name, blob] : model_) (blob.committed ? blobs : uploads).insert(name);
    ASSERT_EQ(names.blobs, blobs);
    ASSERT_EQ(names.uploads, uploads);
    find_by_tags();
  }

  std::map<std::string, ModelBlob> model_;
};

TEST(BlobModel, TenThousandRandomStepsLeakNothing) {
  for (const unsigned seed : {11u, 12u, 13u, 14u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ModelRun run(seed);
    for (int step = 0; step < 2500; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      run.step();
      if (step % 100 == 99) run.check();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace lapis::blob
