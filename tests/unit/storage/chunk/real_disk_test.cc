// The whole storage module on a real disk: RocksDB, io_uring, several shards at once.
#include <gtest/gtest.h>

#include <thread>

#include "lapis/storage/local_meta_store.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis {
namespace {

using namespace storage;
using test::Chunks;

class RealDisk : public testing::Test {
 protected:
  RealDisk() : files_(io::make_uring_file_system()) {}
  ~RealDisk() override { close(); }

  void open() {
    MetaStoreOptions meta;
    meta.directory = dir_ / "meta";
    meta.min_free_bytes = 1;
    auto opened_meta = LocalMetaStore::open(meta, blocking_);
    if (!opened_meta) throw std::runtime_error(to_string(opened_meta.error()));
    meta_ = std::move(*opened_meta);
    PoolOptions pool;
    pool.name = "flash";
    pool.paths = {dir_ / "one", dir_ / "two"};
    pool.extent_bytes = 4 << 20;
    ChunkStoreOptions options;
    options.pools = {pool};
    auto opened = LocalChunkStore::open(options, *meta_, *files_, {&*shard0_, &*shard1_},
                                        *background_, blocking_, clock_);
    if (!opened) throw std::runtime_error(to_string(opened.error()));
    store_ = std::move(*opened);
  }
  void close() {
    store_.reset();
    meta_.reset();
  }

  // Both shards at once: each writes, reads, deletes half of it and reads the rest.
  std::vector<Chunks> churn(unsigned seed) {
    std::vector<Chunks> kept(2 * kBodies);
    std::vector<std::thread> threads;
    for (io::Shard* shard : {&*shard0_, &*shard1_}) {
      threads.emplace_back([&, shard] {
        test::run_on(*shard, [&]() -> io::Task<void> {
          test::StoreCalls calls{*store_, *meta_};
          auto one = [&](unsigned i) -> io::Task<void> {
            const std::string text = body(seed, i);
            const auto chunks = co_await calls.put(text);
            EXPECT_TRUE(chunks.has_value()) << to_string(chunks.error());
            if (!chunks) co_return;
            const auto read = co_await calls.get(*chunks);
            EXPECT_TRUE(read && *read == text);
            if (i % 2 == 0) {
              EXPECT_TRUE((co_await calls.remove(*chunks)).has_value());
            } else {
              kept[i] = *chunks;
            }
          };
          io::TaskGroup group;
          for (unsigned i = 0; i < kBodies; ++i) {
            (void)group.spawn(one(shard->index() * kBodies + i));
          }
          co_await group.close();
        });
      });
    }
    for (std::thread& thread : threads) thread.join();
    return kept;
  }
  void verify(unsigned seed, const std::vector<Chunks>& kept) {
    for (unsigned i = 1; i < kept.size(); i += 2) {
      const auto text = test::run_on(*shard1_, [&] { return reader().get(kept[i]); });
      ASSERT_TRUE(text.has_value()) << i;
      EXPECT_TRUE(*text == body(seed, i)) << i;
    }
  }

  static constexpr unsigned kBodies = 40;
  static std::string body(unsigned seed, unsigned i) {
    return test::body_text(1 + (i * 104'729ull + seed) % 1'500'000, seed * 1000 + i);
  }

 private:
  test::StoreCalls& reader() {
    calls_ = std::make_unique<test::StoreCalls>(*store_, *meta_);
    return *calls_;
  }

  test::TempDir dir_;
  SystemClock clock_;
  std::unique_ptr<io::FileSystem> files_;
  test::TestShard shard0_{{.index = 0}};
  test::TestShard shard1_{{.index = 1}};
  test::TestShard background_{{.index = 2, .background = true}};
  io::BlockingPool blocking_{2, 1000};
  std::unique_ptr<LocalMetaStore> meta_;
  std::unique_ptr<LocalChunkStore> store_;
  std::unique_ptr<test::StoreCalls> calls_;
};

TEST_F(RealDisk, KeepsEverythingThroughChurnAndRestarts) {
  open();
  const auto first = churn(1);
  verify(1, first);
  close();
  open();
  verify(1, first);
  const auto second = churn(2);
  close();
  open();
  verify(1, first);
  verify(2, second);
}

}  // namespace
}  // namespace lapis
