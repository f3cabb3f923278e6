// Thousands of random operations on page blobs of one container or two, their copies and backups,
// against images in memory, with commits that fail, and after each round of the reclaimer: every
// chunk and row accounted for.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/get_blob_properties.h"
#include "lapis/blob/ops/incremental_copy_blob.h"
#include "support/page_requests.h"
#include "unit/blob/loan_rows.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using storage::Table;
using test::BlobHarness;
using test::kPage;

constexpr std::uint64_t kMostPages = 1700;  // more than three stripes
constexpr std::uint64_t kChunkPages = 8;
constexpr std::uint64_t kShortPages = 2;

// Where a page's bytes came from: a page of a write; of none: never written.
struct Origin {
  std::uint64_t write = 0;
  std::uint64_t page = 0;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};
using Image = std::vector<Origin>;

// A state of a blob, and what is held of those that it was copied from, seen or not.
struct State {
  Image image;
  std::vector<Image> beneath;
};

struct ModelBlob {
  State now;
  std::map<Timestamp, State> snapshots;
  bool has_shrunk = false;  // since the reclaimer was last done
  // Of one that incremental copies make:
  std::string source;
  Timestamp copied;  // the snapshot of that
};

class PageModel {
 public:
  PageModel(unsigned seed, unsigned containers)
      : random_(seed), containers_(containers), harness_(test::page_harness()) {
    if (containers == 1) return;
    LAPIS_CHECK(harness_.run(create_container(harness_.service, {{"acct", "crate"}, {}})));
  }

  void step() {
    harness_.clock.advance(std::chrono::seconds(1));
    failing_ = random_() % 20 == 0;
    if (failing_) harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
    harness_.rows.set_run_twice(random_() % 4 == 0);
    const std::string name = any_name("disk");
    const auto kind = random_() % 100;
    if (!blobs_.contains(name)) {
      make(name);
    } else if (kind < 40) {
      write(name);
    } else if (kind < 53) {
      clear(name);
    } else if (kind < 60) {
      back_up(name, any_name("backup"));
    } else if (kind < 68) {
      resize(name);
    } else if (kind < 76) {
      snapshot(name);
    } else if (kind < 82) {
      drop_snapshot(name);
    } else if (kind < 88) {
      read(name);
    } else if (kind < 92) {
      compare(name);
    } else if (kind < 94) {
      ASSERT_TRUE(harness_.reclaim() || failing_);
    } else if (kind < 95) {
      make(name);
    } else if (kind < 99) {
      copy(name);
    } else {
      erase(name);
    }
    harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
  }

  void check() {
    failing_ = false;
    harness_.rows.set_run_twice(false);
    ASSERT_NO_FATAL_FAILURE(reclaim_all());
    ASSERT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
    std::set<Origin> chunks, rows;
    for (const auto& [name, blob] : blobs_) {
      ASSERT_NO_FATAL_FAILURE(read(name));
      add(blob.now, chunks, rows);
      for (const auto& [time, state] : blob.snapshots) add(state, chunks, rows);
    }
    std::uint64_t held = 0;
    for (const Origin& chunk : chunks) {
      held += std::min(kChunkPages, writes_.at(chunk.write) - chunk.page) * kPage;
    }
    ASSERT_EQ(harness_.chunks.held_bytes(), held);
    ASSERT_EQ(harness_.chunks.live_bytes(), held);
    ASSERT_EQ(harness_.rows_of(Table::kBlockBytes), rows.size());
  }

  void erase_all() {
    failing_ = false;
    if (containers_ > 1) ASSERT_NO_FATAL_FAILURE(erase_container());
    while (!blobs_.empty()) {
      ASSERT_NO_FATAL_FAILURE(erase(blobs_.begin()->first));
      ASSERT_NO_FATAL_FAILURE(reclaim_all());
      for (const auto& [name, blob] : blobs_) ASSERT_NO_FATAL_FAILURE(read(name));
    }
    ASSERT_NO_FATAL_FAILURE(check());
    ASSERT_EQ(harness_.rows_of(Table::kPageStripe), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kPageMap), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kLoan), 0u);
    ASSERT_EQ(harness_.rows_of(Table::kSharedBody), 0u);
    ASSERT_EQ(harness_.chunks.chunk_count(), 0u);
  }

  int copies_layered() const { return copies_layered_; }
  int backups() const { return backups_; }

 private:
  // What others have of it they keep.
  void erase_container() {
    const std::string container = below(2) == 0 ? "box" : "crate";
    ASSERT_TRUE(harness_.run(delete_container(harness_.service, {{"acct", container}, {}, {}})));
    std::erase_if(
        blobs_, [&](const auto& one) { return test::page_key(one.first).container == container; });
    for (int pass = 0; pass < 3; ++pass) ASSERT_TRUE(harness_.reclaim());
    ASSERT_EQ(test::findings(harness_.rows), std::vector<std::string>{});
    for (const auto& [name, blob] : blobs_) ASSERT_NO_FATAL_FAILURE(read(name));
    ASSERT_TRUE(harness_.run(create_container(harness_.service, {{"acct", container}, {}})));
  }

  std::string any_name(const std::string& kind) {
    const std::string container = random_() % containers_ == 0 ? "box:" : "crate:";
    return container + kind + std::to_string(random_() % 3);
  }

  void reclaim_all() {
    for (int i = 0; i < 20 && harness_.rows_of(Table::kRelease) != 0; ++i) {
      ASSERT_TRUE(harness_.reclaim());
    }
    ASSERT_EQ(harness_.rows_of(Table::kRelease), 0u);
    for (auto& [name, blob] : blobs_) blob.has_shrunk = false;
  }

  template <class T>
  bool done(const Result<T>& result) {
    if (result) return true;
    EXPECT_TRUE(failing_) << to_string(result.error());
    return false;
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  void make(const std::string& name) {
    const std::uint64_t pages = below(kMostPages);
    PutPageBlob request;
    request.blob.key = test::page_key(name);
    request.length = pages * kPage;
    if (!done(harness_.run(put_page_blob(harness_.service, request)))) return;
    blobs_[name].now = {Image(pages), {}};  // snapshots stay
  }

  struct Run {
    std::uint64_t first, pages;
  };
  Run run_in(const Image& image, std::uint64_t most) {
    const std::uint64_t first = below(image.size());
    return {first, 1 + below(std::min<std::uint64_t>(most, image.size() - first))};
  }

  void write(const std::string& name) {
    Image& image = blobs_[name].now.image;
    if (image.empty()) return;
    const Run run = run_in(image, below(3) == 0 ? 3 : 90);
    const std::uint64_t id = ++last_write_;
    std::string text;
    for (std::uint64_t i = 0; i < run.pages; ++i) text += content({id, i});
    if (!done(test::write_pages(harness_, name, run.first * kPage, text))) return;
    writes_[id] = run.pages;
    for (std::uint64_t i = 0; i < run.pages; ++i) image[run.first + i] = {id, i};
  }

  void clear(const std::string& name) {
    Image& image = blobs_[name].now.image;
    if (image.empty()) return;
    const Run run = run_in(image, below(4) == 0 ? kMostPages : 120);
    if (!done(test::clear_pages(harness_, name, run.first * kPage, run.pages * kPage))) return;
    for (std::uint64_t i = 0; i < run.pages; ++i) image[run.first + i] = {};
  }

  void resize(const std::string& name) {
    const std::uint64_t pages = below(kMostPages);
    if (!done(test::resize(harness_, name, pages * kPage))) return;
    ModelBlob& blob = blobs_[name];
    if (pages < blob.now.image.size()) blob.has_shrunk = true;
    blob.now.image.resize(pages);
  }

  // One that is taken before the reclaimer has given back what lies behind the end keeps that, too.
  void snapshot(const std::string& name) {
    ASSERT_NO_FATAL_FAILURE(give_back(name));
    const auto taken = test::take_snapshot(harness_, name);
    if (done(taken)) blobs_[name].snapshots[*taken] = blobs_[name].now;
  }
  void give_back(const std::string& name) {
    if (!blobs_[name].has_shrunk) return;
    harness_.rows.fail_commit(0, Error{ErrorCode::kInternalError});
    ASSERT_NO_FATAL_FAILURE(reclaim_all());
    if (failing_) harness_.rows.fail_commit(1, Error{ErrorCode::kInternalError, "planned"});
  }

  std::optional<Timestamp> any_snapshot(const std::string& name) {
    const auto& all = blobs_[name].snapshots;
    if (all.empty()) return std::nullopt;
    return std::next(all.begin(), static_cast<std::ptrdiff_t>(below(all.size())))->first;
  }

  void drop_snapshot(const std::string& name) {
    const auto time = any_snapshot(name);
    if (!time) return;
    DeleteBlob request;
    request.key = test::page_key(name);
    request.key.snapshot = time;
    if (done(harness_.run(delete_blob(harness_.service, request)))) {
      blobs_[name].snapshots.erase(*time);
    }
  }

  void erase(const std::string& name) {
    DeleteBlob request;
    request.key = test::page_key(name);
    request.snapshots = SnapshotDeletion::kInclude;
    if (done(harness_.run(delete_blob(harness_.service, request)))) blobs_.erase(name);
  }

  std::string any_disk() {
    std::vector<std::string> disks;
    for (const auto& [name, blob] : blobs_) {
      if (blob.source.empty()) disks.push_back(name);
    }
    return disks[below(disks.size())];
  }

  // Over another disk, out of a disk or a snapshot. With too many layers every run of pages is
  // written again; that takes a turn.
  void copy(const std::string& name) {
    const std::string from = any_disk();
    ASSERT_NO_FATAL_FAILURE(give_back(from));
    test::ScriptedSources sources;
    CopyBlob request;
    request.blob.key = test::page_key(name);
    request.source.url = "http://h/acct/any";
    request.local = test::page_key(from);
    if (below(2) == 0) request.local->snapshot = any_snapshot(from);
    const auto& past = request.local->snapshot;
    const State source = past ? blobs_[from].snapshots.at(*past) : blobs_[from].now;
    if (failing_) {
      harness_.rows.fail_commit(1 + below(4), Error{ErrorCode::kInternalError, "planned"});
    }
    if (!done(harness_.run(copy_blob(harness_.service, request, sources)))) return;
    if (sources.taken != 0) {
      blobs_[name].now = {written_again(source.image), {}};
      return;
    }
    ++copies_layered_;
    State copied = source;
    copied.beneath.push_back(source.image);
    blobs_[name].now = copied;
  }

  // Of the youngest snapshot of a disk; over what was a backup of another one, or of what the disk
  // was, only once that is gone.
  void back_up(const std::string& from, const std::string& to) {
    const auto& snapshots = blobs_[from].snapshots;
    if (snapshots.empty()) return;
    const auto& [time, state] = *snapshots.rbegin();
    test::ScriptedSources sources;
    IncrementalCopyBlob request;
    request.key = test::page_key(to);
    request.source.url = "http://h/acct/any";
    request.local = test::page_key(from);
    request.local->snapshot = time;
    const auto it = blobs_.find(to);
    const auto made = harness_.run(incremental_copy_blob(harness_.service, request, sources));
    if (it != blobs_.end() && it->second.source != from) {
      ASSERT_EQ(made.error().code, ErrorCode::kIncrementalCopyBlobMismatch);
    } else if (it != blobs_.end() && it->second.copied >= time) {
      ASSERT_EQ(made.error().code, ErrorCode::kIncrementalCopyOfEarlierSnapshotNotAllowed);
    } else if (!made && made.error().code == ErrorCode::kBlobOverwritten) {
      ASSERT_NE(it, blobs_.end());
    } else if (done(made)) {
      ++backups_;
      ModelBlob& backup = blobs_[to];
      backup.source = from;
      backup.copied = time;
      backup.now = state;
      GetBlobProperties look;
      look.key = request.key;
      const auto now = harness_.run(get_blob_properties(harness_.service, look));
      ASSERT_TRUE(now);
      backup.snapshots[now->properties->copy->incremental->snapshot] = state;
      return;
    }
    if (it != blobs_.end() && below(3) == 0) erase(to);
  }

  Image written_again(const Image& source) {
    Image image(source.size());
    for (std::uint64_t page = 0; page < source.size(); ++page) {
      if (source[page].write == 0) continue;
      const bool goes_on = page != 0 && source[page - 1].write != 0;
      if (!goes_on) ++last_write_;
      image[page] = {last_write_, writes_[last_write_]++};
      copied_[image[page]] = source[page];
    }
    return image;
  }

  std::string content(const Origin& origin) {
    if (origin.write == 0) return std::string(kPage, '\0');
    if (const auto from = copied_.find(origin); from != copied_.end()) return content(from->second);
    return test::pattern(kPage, origin.write * 1000 + origin.page);
  }
  std::string content(const Image& image) {
    std::string text;
    for (const Origin& origin : image) text += content(origin);
    return text;
  }

  static std::vector<PageRange> written(const Image& image) {
    return differences(image, Image(image.size()));
  }
  static std::vector<PageRange> differences(const Image& now, Image before) {
    before.resize(now.size());
    std::vector<PageRange> ranges;
    for (std::uint64_t page = 0; page < now.size(); ++page) {
      if (now[page] == before[page]) continue;
      const PageRange one{page * kPage, kPage, now[page].write == 0};
      PageRange* last = ranges.empty() ? nullptr : &ranges.back();
      const bool goes_on = last != nullptr && last->first + last->length == one.first &&
                           last->is_cleared == one.is_cleared;
      if (goes_on) last->length += kPage;
      if (!goes_on) ranges.push_back(one);
    }
    return ranges;
  }

  void read(const std::string& name) {
    const ModelBlob& blob = blobs_[name];
    const BlobKey key = test::page_key(name);
    for (const auto& [time, state] : blob.snapshots) {
      BlobKey past = key;
      past.snapshot = time;
      const auto text = harness_.get(past);
      ASSERT_TRUE(text) << to_string(text.error());
      ASSERT_EQ(*text == content(state.image), true) << name;
    }
    if (!blob.source.empty()) return;  // a backup shows its snapshots only
    const Image& image = blob.now.image;
    const auto text = harness_.get(key);
    ASSERT_TRUE(text) << to_string(text.error());
    ASSERT_EQ(*text == content(image), true) << name;
    ASSERT_EQ(*test::ranges_of(harness_, name), written(image)) << name;
    if (image.empty()) return;
    const Run run = run_in(image, 600);
    const RequestedRange range{run.first * kPage + 7, (run.first + run.pages) * kPage - 9};
    const auto part = harness_.get(key, range);
    ASSERT_TRUE(part);
    ASSERT_EQ(*part == text->substr(range.first, *range.last - range.first + 1), true);
  }

  void compare(const std::string& name) {
    const auto time = any_snapshot(name);
    if (!time) return;
    GetPageRanges request;
    request.key = test::page_key(name);
    request.previous = time;
    const auto ranges = test::ranges_of(harness_, std::move(request));
    if (!ranges) {
      ASSERT_EQ(ranges.error().code, ErrorCode::kBlobOverwritten);
      return;
    }
    const ModelBlob& blob = blobs_[name];
    ASSERT_EQ(*ranges, differences(blob.now.image, blob.snapshots.at(*time).image));
  }

  void add(const State& state, std::set<Origin>& chunks, std::set<Origin>& rows) {
    add(state.image, chunks, rows);
    for (const Image& image : state.beneath) add(image, chunks, rows);
  }
  void add(const Image& image, std::set<Origin>& chunks, std::set<Origin>& rows) {
    for (const Origin& origin : image) {
      if (origin.write == 0) continue;
      if (writes_.at(origin.write) <= kShortPages) {
        rows.insert({origin.write, 0});
      } else {
        chunks.insert({origin.write, origin.page / kChunkPages * kChunkPages});
      }
    }
  }

  std::mt19937 random_;
  const unsigned containers_;
  BlobHarness harness_;
  std::map<std::string, ModelBlob> blobs_;
  std::map<std::uint64_t, std::uint64_t> writes_;  // their pages
  std::map<Origin, Origin> copied_;
  std::uint64_t last_write_ = 0;
  int copies_layered_ = 0;
  int backups_ = 0;
  bool failing_ = false;
};

class PageBlobs : public testing::TestWithParam<unsigned> {};

TEST_P(PageBlobs, AgreeWithImagesInMemory) {
  int layered = 0, backups = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PageModel model(seed, GetParam());
    for (int round = 0; round < 6; ++round) {
      for (int i = 0; i < 60; ++i) ASSERT_NO_FATAL_FAILURE(model.step());
      ASSERT_NO_FATAL_FAILURE(model.check());
    }
    ASSERT_NO_FATAL_FAILURE(model.erase_all());
    layered += model.copies_layered();
    backups += model.backups();
  }
  EXPECT_GT(layered, 100) << "it did not try what it is for";
  EXPECT_GT(backups, 50);
}

INSTANTIATE_TEST_SUITE_P(Containers, PageBlobs, testing::Values(1u, 2u));

}  // namespace
}  // namespace lapis::blob
