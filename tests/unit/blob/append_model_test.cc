// Thousands of random operations on append blobs of one container or three, their snapshots and
// copies, against a plain model that knows what each of them may cost: after each pass of the
// reclaimer nothing more is held than what the longest body of each kind names, and nothing less.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
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

constexpr std::size_t kInline = 16;
constexpr std::size_t kNames = 4;
constexpr const char* kContainers[] = {"box", "crate", "drawer"};

// Of "container/blob".
BlobKey key_of(const std::string& name) {
  const auto slash = name.find('/');
  return {"acct", name.substr(0, slash), name.substr(slash + 1)};
}

// What a chunk or a row of bytes holds.
struct Piece {
  std::string bytes;
  bool is_row = false;
};
using Pieces = std::vector<std::shared_ptr<const Piece>>;

// A state of a blob: a beginning of a body that other states may hold more of.
struct State {
  std::shared_ptr<Pieces> body = std::make_shared<Pieces>();
  std::size_t pieces = 0;
  std::string inline_bytes;
  std::uint32_t blocks = 0;
  bool is_borrowed = false;  // another container's body: it grows for that one only

  std::string content() const {
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) text += (*body)[i]->bytes;
    return text + inline_bytes;
  }
  // A body that others hold more of is left to them.
  void add(std::string bytes, bool is_row) {
    if (std::exchange(is_borrowed, false) || pieces != body->size()) {
      const auto end = body->begin() + static_cast<std::ptrdiff_t>(pieces);
      body = std::make_shared<Pieces>(body->begin(), end);
    }
    body->push_back(std::make_shared<const Piece>(Piece{std::move(bytes), is_row}));
    ++pieces;
  }
  void append(const std::string& bytes) {
    ++blocks;
    if (bytes.size() <= kInline) {
      inline_bytes += bytes;
      if (inline_bytes.size() <= kInline) return;
    }
    if (!inline_bytes.empty()) add(std::exchange(inline_bytes, {}), true);
    if (bytes.size() > kInline) add(bytes, false);
  }
};

struct ModelBlob {
  State now;
  std::map<Timestamp, State> snapshots;
};

class AppendModel : RandomModel {
 public:
  // A calm one lets blobs become long, of several segments.
  AppendModel(unsigned seed, bool calm, unsigned containers)
      : RandomModel(seed, {.limits = {kInline}}), calm_(calm), containers_(containers) {
    for (unsigned i = 1; i < containers_; ++i) create_container_of(kContainers[i]);
  }

  void step() {
    // What is about two containers may fail half way.
    plan_failure(1 + random_() % std::min(containers_, 2u));
    const std::string name = any_name();
    const bool often = !calm_ || random_() % 20 == 0;
    const auto kind = often ? random_() % 100 : 5 + random_() % 65;
    if (kind < 5) {
      create(name);
    } else if (kind < 70) {
      append(name);
    } else if (kind < 78) {
      take_snapshot(name);
    } else if (kind < 86) {
      copy(name, any_name());
    } else if (kind < 90) {
      erase(name);
    } else if (kind < 97) {
      read(name);
    } else if (kind < 99) {
      (void)harness_.reclaim();
    } else {
      replace_container(kContainers[random_() % containers_]);
    }
    fail_no_more();
  }

  void check() {
    failing_ = false;
    // Loans that came back queue what they held.
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness_.reclaim());
    ASSERT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
    std::set<const Piece*> held;
    for (const auto& [name, blob] : model_) {
      read(name);
      hold(blob.now, held);
      for (const auto& [time, state] : blob.snapshots) {
        BlobKey snapshot = key_of(name);
        snapshot.snapshot = time;
        ASSERT_EQ(harness_.get(snapshot), state.content());
        hold(state, held);
      }
    }
    std::uint64_t bytes = 0;
    std::size_t rows = 0;
    for (const Piece* piece : held) {
      if (piece->is_row) ++rows;
      if (!piece->is_row) bytes += piece->bytes.size();
    }
    ASSERT_EQ(harness_.chunks.held_bytes(), bytes);
    ASSERT_EQ(harness_.chunks.live_bytes(), bytes);
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), rows);
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    if (model_.empty()) {
      for (const Table table :
           {Table::kSharedBody, Table::kBlockOwner, Table::kSegment, Table::kLoan}) {
        ASSERT_EQ(harness_.rows_of(table), 0u);
      }
    }
  }

 private:
  static void hold(const State& state, std::set<const Piece*>& held) {
    if (state.pieces == 0) return;
    for (const auto& piece : *state.body) held.insert(piece.get());
  }

  // An operation of one commit does happen where its second was to fail.
  template <class T>
  bool happened(const Result<T>& result) {
    return failing_ && containers_ > 1 ? result.has_value() : RandomModel::happened(result);
  }

  std::string any_name() {
    const std::string container = kContainers[random_() % containers_];
    return container + "/blob" + std::to_string(random_() % kNames);
  }

  void create_container_of(const std::string& name) {
    const auto made = harness_.run(create_container(harness_.service, {{"acct", name}, {}}));
    LAPIS_CHECK(made);
  }

  void create(const std::string& name) {
    PutBlob request;
    request.key = key_of(name);
    const auto made = harness_.run(put_append_blob(harness_.service, std::move(request)));
    if (happened(made)) model_[name].now = {};
  }

  void append(const std::string& name) {
    const auto it = model_.find(name);
    const std::size_t most = random_() % 2 == 0 ? kInline : 200;
    const std::string bytes = pattern(1 + random_() % most, random_());
    AppendBlock request;
    request.key = key_of(name);
    const auto appended = harness_.append(std::move(request), bytes);
    if (it == model_.end()) {
      ASSERT_EQ(appended.error().code, ErrorCode::kBlobNotFound);
      return;
    }
    if (!happened(appended)) return;
    State& state = it->second.now;
    ASSERT_EQ(appended->offset, state.content().size());
    state.append(bytes);
    ASSERT_EQ(appended->blocks, state.blocks);
  }

  void take_snapshot(const std::string& name) {
    const auto it = model_.find(name);
    const auto taken = harness_.run(snapshot_blob(harness_.service, {key_of(name), {}, {}, {}}));
    if (it == model_.end()) {
      ASSERT_EQ(taken.error().code, ErrorCode::kBlobNotFound);
    } else if (happened(taken)) {
      it->second.snapshots.emplace(taken->snapshot, it->second.now);
    }
  }

  // Of the blob or one of its snapshots; onto itself, too.
  void copy(const std::string& from, const std::string& to) {
    const auto it = model_.find(from);
    if (it == model_.end()) return;
    BlobKey source = key_of(from);
    const State* copied = &it->second.now;
    if (!it->second.snapshots.empty() && random_() % 2 == 0) {
      const auto count = static_cast<std::ptrdiff_t>(random_() % it->second.snapshots.size());
      const auto at = std::next(it->second.snapshots.begin(), count);
      source.snapshot = at->first;
      copied = &at->second;
    }
    test::ScriptedSources sources;
    CopyBlob request;
    request.blob.key = key_of(to);
    request.source.url = "http://h/acct/box/" + from;
    request.local = source;
    if (!happened(harness_.run(copy_blob(harness_.service, std::move(request), sources)))) return;
    State state = *copied;
    if (state.pieces == 0) {
      state.body = std::make_shared<Pieces>();  // in its row alone
      state.is_borrowed = false;
    } else if (key_of(from).container != key_of(to).container) {
      state.is_borrowed = true;
    }
    model_[to].now = state;
  }

  void erase(const std::string& name) {
    const auto it = model_.find(name);
    if (it == model_.end()) return;
    DeleteBlob request;
    request.key = key_of(name);
    request.snapshots = SnapshotDeletion::kInclude;
    if (!it->second.snapshots.empty() && random_() % 3 != 0) {
      request.key.snapshot = it->second.snapshots.begin()->first;
      request.snapshots = SnapshotDeletion::kNone;
      if (happened(harness_.run(delete_blob(harness_.service, request)))) {
        it->second.snapshots.erase(it->second.snapshots.begin());
      }
    } else if (happened(harness_.run(delete_blob(harness_.service, request)))) {
      model_.erase(it);
    }
  }

  void read(const std::string& name) {
    const auto it = model_.find(name);
    if (it == model_.end()) return;
    const std::string content = it->second.now.content();
    ASSERT_EQ(harness_.get(key_of(name)), content);
    if (content.empty()) return;
    const std::uint64_t first = random_() % content.size();
    const std::uint64_t last = first + random_() % content.size();
    ASSERT_EQ(harness_.get(key_of(name), RequestedRange{first, last}),
              content.substr(first, last - first + 1));
  }

  void replace_container(const std::string& name) {
    const auto gone = harness_.run(delete_container(harness_.service, {{"acct", name}, {}, {}}));
    if (!happened(gone)) return;
    std::erase_if(model_, [&](const auto& one) { return key_of(one.first).container == name; });
    fail_no_more();
    create_container_of(name);
  }

  const bool calm_;
  const unsigned containers_;
  std::map<std::string, ModelBlob> model_;
};

void run(unsigned seed, bool calm, int steps, unsigned containers = 1) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  AppendModel model(seed, calm, containers);
  for (int step = 0; step < steps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    model.step();
    if (step % 50 == 49) model.check();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(AppendBlobModel, TenThousandRandomStepsLeakNothing) {
  for (const unsigned seed : {21u, 22u, 23u, 24u, 25u}) run(seed, false, 2'000);
}

TEST(AppendBlobModel, NorDoThoseOfLongBlobs) {
  for (const unsigned seed : {31u, 32u, 33u}) run(seed, true, 6'000);
}

TEST(AppendBlobModel, NorDoThoseThatAreCopiedBetweenContainers) {
  for (const unsigned seed : {41u, 42u, 43u, 44u, 45u}) run(seed, false, 4'000, 3);
  for (const unsigned seed : {51u, 52u}) run(seed, true, 6'000, 3);
}

}  // namespace
}  // namespace lapis::blob
