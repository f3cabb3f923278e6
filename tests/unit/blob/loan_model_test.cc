// Thousands of random operations on blobs of three containers that borrow from one another, with
// commits that fail and containers that go, against a plain model: each blob reads as it should,
// the check finds nothing, and after each pass of the reclaimer nothing is leaked and nothing lost.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/random_model.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::pattern;

constexpr std::uint64_t kInline = 16;
using Bytes = std::shared_ptr<const std::string>;  // one upload of bytes: its identity counts

// Blocks in order; of a Put Blob one without an id.
using Content = std::vector<std::pair<std::string, Bytes>>;

struct ModelBlob {
  Content committed;
  std::vector<std::pair<Timestamp, Content>> snapshots;
};

std::string text_of(const Content& content) {
  std::string text;
  for (const auto& [id, bytes] : content) text += *bytes;
  return text;
}

class LoanModel : RandomModel {
 public:
  explicit LoanModel(unsigned seed) : RandomModel(seed, {.limits = {kInline}}) {
    for (const auto& container : kContainers) {
      if (container != std::string("box")) create(container);
    }
  }

  void step() {
    // The second commit of a copy between containers is the borrower's.
    plan_failure(1 + random_() % 2);
    harness_.clock.advance(Ticks(1 + random_() % 3));
    const BlobKey key = random_key();
    const auto kind = random_() % 100;
    if (kind < 12) {
      put(key);
    } else if (kind < 27) {
      commit(key);
    } else if (kind < 67) {
      copy(random_key(), key);
    } else if (kind < 77) {
      erase(key);
    } else if (kind < 83) {
      take_snapshot(key);
    } else if (kind < 93) {
      (void)harness_.reclaim();
    } else if (kind < 97) {
      read(key);
    } else {
      replace_container(key.container);
    }
    fail_no_more();
  }

  void check() {
    failing_ = false;
    ASSERT_EQ(test::findings(harness_.rows), std::vector<std::string>{}) << "before";
    // Loans that came back queue what they held.
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness_.reclaim());
    ASSERT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
    std::set<Bytes> in_chunks, in_rows;
    for (const auto& [place, blob] : model_) {
      read({"acct", place.first, place.second});
      add(blob.committed, in_chunks, in_rows);
      for (const auto& [time, content] : blob.snapshots) {
        add(content, in_chunks, in_rows);
        GetBlob request;
        request.key = {"acct", place.first, place.second};
        request.key.snapshot = time;
        auto got = harness_.run(get_blob(harness_.service, request));
        ASSERT_TRUE(got);
        ASSERT_EQ(harness_.run(test::read_all(*got->body)), text_of(content));
      }
    }
    std::uint64_t held = 0;
    for (const Bytes& bytes : in_chunks) held += bytes->size();
    ASSERT_EQ(harness_.chunks.held_bytes(), held);
    ASSERT_EQ(harness_.chunks.live_bytes(), held);
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), in_rows.size());
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kContainerState), 3u);
    if (!model_.empty()) return;
    for (const Table table :
         {Table::kSharedBody, Table::kBlockOwner, Table::kSegment, Table::kLoan}) {
      ASSERT_EQ(harness_.rows_of(table), 0u) << static_cast<int>(table);
    }
  }

  void empty_all() {
    failing_ = false;
    for (const auto& container : kContainers) replace_container(container);
    check();
  }

  std::uint64_t loans_seen() const { return loans_seen_; }

 private:
  static constexpr const char* kContainers[] = {"box", "crate", "drawer"};
  using Place = std::pair<std::string, std::string>;

  static Place place_of(const BlobKey& key) { return {key.container, key.name}; }

  BlobKey random_key() {
    return {"acct", kContainers[random_() % 3], "b" + std::to_string(random_() % 4)};
  }

  static void add(const Content& content, std::set<Bytes>& in_chunks, std::set<Bytes>& in_rows) {
    for (const auto& [id, bytes] : content) {
      if (bytes->size() > kInline) in_chunks.insert(bytes);
      if (bytes->size() <= kInline && !id.empty()) in_rows.insert(bytes);
    }
  }

  Bytes random_bytes() {
    const std::size_t length = 1 + (random_() % 2 == 0 ? random_() % kInline : random_() % 300);
    return std::make_shared<const std::string>(pattern(length, random_()));
  }

  // An operation of one commit does happen where its second was to fail.
  template <class T>
  bool happened(const Result<T>& result) {
    return failing_ ? result.has_value() : RandomModel::happened(result);
  }

  void create(const std::string& container) {
    const auto made = harness_.run(create_container(harness_.service, {{"acct", container}, {}}));
    LAPIS_CHECK(made);
  }

  void put(const BlobKey& key) {
    const Bytes bytes = random_bytes();
    PutBlob request;
    request.key = key;
    if (happened(harness_.put(std::move(request), *bytes)))
      model_[place_of(key)].committed = {{"", bytes}};
  }

  // A new list of blocks that are staged, and of some that were committed.
  void commit(const BlobKey& key) {
    const auto it = model_.find(place_of(key));
    std::vector<BlockListEntry> list;
    Content content;
    std::set<std::string> taken;
    if (it != model_.end()) {
      for (const auto& [id, bytes] : it->second.committed) {
        if (id.empty() || random_() % 4 == 0 || !taken.insert(id).second) continue;
        list.push_back({BlockSource::kCommitted, {id}});
        content.emplace_back(id, bytes);
      }
    }
    // Sometimes so many that they are in segments.
    const auto blocks = random_() % 10 == 0 ? 40 : random_() % 4;
    for (std::uint64_t i = 0; i < blocks; ++i) {
      const std::string id = "B" + std::to_string(1'000'000 + next_id_++);
      const Bytes bytes = random_bytes();
      PutBlock request;
      request.key = key;
      request.block.text = id;
      request.content_length = bytes->size();
      test::TextSource source(*bytes);
      fail_no_more();
      if (!harness_.run(put_block(harness_.service, std::move(request), source))) continue;
      list.push_back({BlockSource::kUncommitted, {id}});
      content.emplace_back(id, bytes);
    }
    if (failing_) fail_commit(1 + random_() % 2);
    PutBlockList request;
    request.key = key;
    request.blocks = std::move(list);
    const auto result = harness_.run(put_block_list(harness_.service, std::move(request)));
    fail_no_more();
    if (happened(result)) {
      model_[place_of(key)].committed = std::move(content);
      return;
    }
    // What was staged is not the model's concern: it goes.
    DeleteBlob gone;
    gone.key = key;
    if (it == model_.end()) (void)harness_.run(delete_blob(harness_.service, std::move(gone)));
    if (it != model_.end()) {
      failing_ = false;
      put(key);
    }
  }

  // Of a blob, or of a snapshot of it.
  void copy(const BlobKey& from, const BlobKey& to) {
    const auto it = model_.find(place_of(from));
    CopyBlob request;
    request.blob.key = to;
    request.source.url = "http://h/acct/any";
    request.local = from;
    Content content;
    if (it != model_.end()) content = it->second.committed;
    if (it != model_.end() && !it->second.snapshots.empty() && random_() % 3 == 0) {
      const auto& [time, kept] = it->second.snapshots[random_() % it->second.snapshots.size()];
      request.local->snapshot = time;
      content = kept;
    }
    test::ScriptedSources sources;
    const auto result = harness_.run(copy_blob(harness_.service, std::move(request), sources));
    loans_seen_ += harness_.rows_of(Table::kLoan) != 0 ? 1 : 0;
    if (it == model_.end()) {
      EXPECT_FALSE(result);
    } else if (happened(result)) {
      model_[place_of(to)].committed = std::move(content);
    }
  }

  void erase(const BlobKey& key) {
    const auto it = model_.find(place_of(key));
    if (it == model_.end()) return;
    DeleteBlob request;
    request.key = key;
    if (!it->second.snapshots.empty() && random_() % 2 == 0) {
      request.key.snapshot = it->second.snapshots.front().first;
      if (happened(harness_.run(delete_blob(harness_.service, std::move(request))))) {
        it->second.snapshots.erase(it->second.snapshots.begin());
      }
      return;
    }
    request.snapshots = SnapshotDeletion::kInclude;
    if (happened(harness_.run(delete_blob(harness_.service, std::move(request))))) model_.erase(it);
  }

  void take_snapshot(const BlobKey& key) {
    const auto it = model_.find(place_of(key));
    if (it == model_.end()) return;
    const auto result = harness_.run(snapshot_blob(harness_.service, {key, {}, {}, {}}));
    if (happened(result)) it->second.snapshots.emplace_back(result->snapshot, it->second.committed);
  }

  void read(const BlobKey& key) {
    GetBlob request;
    request.key = key;
    auto got = harness_.run(get_blob(harness_.service, request));
    const auto it = model_.find(place_of(key));
    if (it == model_.end()) {
      ASSERT_FALSE(got);
    } else {
      ASSERT_TRUE(got) << to_string(got.error());
      ASSERT_EQ(harness_.run(test::read_all(*got->body)), text_of(it->second.committed));
    }
  }

  void replace_container(const std::string& container) {
    const auto gone =
        harness_.run(delete_container(harness_.service, {{"acct", container}, {}, {}}));
    if (!happened(gone)) return;
    std::erase_if(model_, [&](const auto& one) { return one.first.first == container; });
    fail_no_more();
    create(container);
  }

  std::map<Place, ModelBlob> model_;
  std::uint64_t next_id_ = 0;
  std::uint64_t loans_seen_ = 0;
};

class LoanModelRuns : public testing::TestWithParam<unsigned> {};

TEST_P(LoanModelRuns, AgreeWithTheModel) {
  LoanModel model(GetParam());
  for (int round = 0; round < 80; ++round) {
    for (int i = 0; i < 25; ++i) {
      model.step();
      ASSERT_FALSE(HasFatalFailure());
    }
    model.check();
    ASSERT_FALSE(HasFatalFailure()) << "round " << round;
  }
  EXPECT_GT(model.loans_seen(), 100u) << "it did not try what it is for";
  model.empty_all();
}

INSTANTIATE_TEST_SUITE_P(Seeds, LoanModelRuns, testing::Range(1u, 9u));

}  // namespace
}  // namespace lapis::blob
