// What tests of a chunk store share: bodies, slices, shards, and the store with everything that it
// stands on, closed, crashed and opened again at will.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lapis/base/random.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/storage/local_chunk_store.h"
#include "support/faulty_file_system.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"
#include "unit/storage/chunk/durable_meta_store.h"

namespace lapis::test {

// Bytes that tell one body, and one place in it, from another.
inline std::string body_text(std::uint64_t length, std::uint64_t seed = 1) {
  std::string text(length, '\0');
  std::uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at % 8 == 0) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
    }
    text[at] = static_cast<char>(state >> (at % 8 * 8));
  }
  return text;
}

// A body that arrives in pieces; `breaks_at`: where its client vanishes.
class TextBody final : public io::ByteSource {
 public:
  explicit TextBody(std::string_view text, std::size_t piece = 40'000,
                    std::size_t breaks_at = std::string::npos)
      : text_(text), piece_(piece), breaks_at_(breaks_at) {}
  std::uint64_t remaining() const override { return text_.size() - at_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override {
    if (at_ >= breaks_at_) co_return fail(ErrorCode::kRequestTimeout, "the client vanished");
    const std::size_t count = std::min({into.size(), piece_, text_.size() - at_});
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    co_return count;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
  std::size_t breaks_at_;
  std::size_t at_ = 0;
};

class ListedSlices final : public storage::SliceSource {
 public:
  explicit ListedSlices(std::vector<storage::ChunkSlice> slices) : slices_(std::move(slices)) {}
  std::uint64_t remaining() const override {
    std::uint64_t sum = 0;
    for (std::size_t i = at_; i < slices_.size(); ++i) sum += slices_[i].length;
    return sum;
  }
  io::Task<Result<std::optional<storage::ChunkSlice>>> next() override {
    if (at_ == slices_.size()) co_return std::nullopt;
    co_return slices_[at_++];
  }

 private:
  std::vector<storage::ChunkSlice> slices_;
  std::size_t at_ = 0;
};

// [offset, offset + length) of a body's chunks.
inline std::vector<storage::ChunkSlice> slices_of(const std::vector<storage::ChunkRef>& chunks,
                                                  std::uint64_t offset, std::uint64_t length) {
  std::vector<storage::ChunkSlice> slices;
  for (const storage::ChunkRef& chunk : chunks) {
    if (offset >= chunk.length) {
      offset -= chunk.length;
      continue;
    }
    const std::uint64_t part = std::min(length, chunk.length - offset);
    if (part != 0) slices.push_back({chunk.id, offset, part});
    length -= part;
    offset = 0;
  }
  return slices;
}

using Chunks = std::vector<storage::ChunkRef>;

// The calls of a chunk store as coroutines, as a request makes them.
struct StoreCalls {
  storage::ChunkStore& store;
  storage::MetaStore& meta;

  // Writes and records; 201.
  io::Task<Result<Chunks>> put(std::string_view text, std::size_t piece = 40'000) {
    TextBody body(text, piece);
    LAPIS_CO_TRY(auto stored,
                 co_await store.write({ContainerId{7}, 9}, body, text.size(), nullptr));
    const storage::StoredBody& written = *stored;
    storage::Transaction record = [&written](storage::MetaView& view) -> Result<void> {
      written.record(view, storage::HeatRank::kNormal);
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await meta.transact({}, std::move(record)));
    stored->recorded();
    co_return stored->chunks();
  }

  io::Task<Result<std::string>> get(std::vector<storage::ChunkSlice> slices) {
    auto source = std::make_unique<ListedSlices>(std::move(slices));
    LAPIS_CO_TRY(auto reader, co_await store.read(std::move(source)));
    std::string text;
    while (true) {
      const std::uint64_t left = reader->remaining();
      LAPIS_CO_TRY(const Bytes bytes, co_await reader->next());
      if (bytes.empty()) break;
      EXPECT_EQ(reader->remaining(), left - bytes.size());
      text += as_text(bytes);
    }
    co_return text;
  }

  io::Task<Result<std::string>> get(const Chunks& chunks) {
    return get(slices_of(chunks, 0, ~0ull));
  }

  io::Task<Result<std::uint64_t>> checksum(std::vector<storage::ChunkSlice> slices) {
    co_return co_await store.crc64(std::make_unique<ListedSlices>(std::move(slices)));
  }

  io::Task<Result<void>> remove(Chunks chunks) {
    std::unique_ptr<storage::ChunkStore::Freed> freed;
    storage::Transaction release = [&](storage::MetaView& view) -> Result<void> {
      freed = store.new_freed();
      for (const auto& chunk : chunks) LAPIS_TRY_VOID(store.release(view, chunk.id, *freed));
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await meta.transact({}, std::move(release)));
    store.released(std::move(freed));
    co_return Result<void>{};
  }
};

// A local store over `files`: two request shards and a background shard.
class StoreFixture : public testing::Test {
 protected:
  static constexpr std::uint64_t kExtent = 1 << 20;

  StoreFixture() { use(simulated_); }
  ~StoreFixture() override { close(); }

  void use(io::FileSystem& files) {
    files_ = &files;
    EXPECT_TRUE(files.make_directories(path()).has_value());
    std::filesystem::create_directories(path());  // locks are real, whatever the disk is
  }
  std::filesystem::path path() const { return dir_ / "pool"; }

  storage::ChunkStoreOptions options() const {
    storage::PoolOptions pool;
    pool.name = "flash";
    pool.paths = {path()};
    pool.extent_bytes = extent_bytes_;
    storage::ChunkStoreOptions options;
    options.pools = {pool};
    return options;
  }

  Result<void> try_open(const storage::ChunkStoreOptions& options) {
    auto opened = storage::LocalChunkStore::open(options, meta_, *files_, {&*shard0_, &*shard1_},
                                                 *background_, blocking_, clock_);
    if (!opened) return fail(opened.error());
    store_ = std::move(*opened);
    return {};
  }
  void open() {
    const Result<void> opened = try_open(options());
    if (!opened) throw std::runtime_error(to_string(opened.error()));
  }
  void close() { store_.reset(); }
  void reopen() {
    close();
    open();
  }
  // As when the process is killed: what it does while it is taken down reaches neither the rows nor
  // the disk.
  void crash(Unsynced unsynced) {
    simulated_.cut_power();
    meta_.rows().set_read_only(true);
    close();
    meta_.rows().set_read_only(false);
    simulated_.clear_faults();
    simulated_.restore_power(unsynced);
  }

  StoreCalls calls() { return {*store_, meta_}; }

  Result<Chunks> put(std::string_view text, std::size_t piece = 40'000) {
    return run_on(shard0_, [&] { return calls_for_run().put(text, piece); });
  }
  Result<std::string> get(const Chunks& chunks) {
    return run_on(shard0_, [&] { return calls_for_run().get(chunks); });
  }
  Result<std::string> get_range(const Chunks& chunks, std::uint64_t offset, std::uint64_t length) {
    return run_on(shard0_, [&] { return calls_for_run().get(slices_of(chunks, offset, length)); });
  }
  Result<std::uint64_t> checksum(const Chunks& chunks, std::uint64_t offset, std::uint64_t length) {
    const auto slices = slices_of(chunks, offset, length);
    return run_on(shard0_, [&] { return calls_for_run().checksum(slices); });
  }
  Result<void> remove(const Chunks& chunks) {
    return run_on(shard0_, [&] { return calls_for_run().remove(chunks); });
  }
  Chunks put_ok(std::string_view text) {
    Result<Chunks> chunks = put(text);
    EXPECT_TRUE(chunks.has_value()) << to_string(chunks.error());
    return chunks ? *chunks : Chunks{};
  }

  storage::PathStats stats() { return store_->stats().at(0); }
  // Waits for background work without a clock: turns of the background shard and the pool.
  template <class Condition>
  bool eventually(Condition condition) {
    for (int turn = 0; turn < 20'000; ++turn) {
      if (condition()) return true;
      run_on(background_, [&]() -> io::Task<void> {
        auto nothing = [] { return Result<void>{}; };
        (void)co_await blocking_.run(nothing);
      });
    }
    return false;
  }

  TempDir dir_;
  SystemClock clock_;
  FaultyFileSystem simulated_;
  io::FileSystem* files_ = nullptr;
  std::uint64_t extent_bytes_ = kExtent;
  DurableMetaStore meta_;
  TestShard shard0_{{.index = 0}};
  TestShard shard1_{{.index = 1}};
  TestShard background_{{.index = 2, .background = true}};
  io::BlockingPool blocking_{2, 1000};
  std::unique_ptr<storage::LocalChunkStore> store_;

 private:
  // Lives as long as the fixture: a coroutine refers to it.
  StoreCalls& calls_for_run() {
    calls_ = std::make_unique<StoreCalls>(calls());
    return *calls_;
  }
  std::unique_ptr<StoreCalls> calls_;
};

}  // namespace lapis::test
