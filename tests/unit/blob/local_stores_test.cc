// The operations on the real stores: RocksDB, extent files, shards; closed and opened again.
#include <gtest/gtest.h>

#include "lapis/blob/ops/list_blobs.h"
#include "lapis/io/file.h"
#include "lapis/storage/local_chunk_store.h"
#include "support/blob_harness.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::blob {
namespace {

using test::key_of;
using test::latest;
using test::pattern;
using test::run_on;

class LocalStores : public testing::Test {
 protected:
  LocalStores() { open(); }
  ~LocalStores() override { close(); }

  void open() {
    storage::MetaStoreOptions meta_options;
    meta_options.directory = dir_ / "meta";
    meta_ = storage::LocalMetaStore::open(meta_options, blocking_).value();
    ASSERT_TRUE(files_->make_directories(dir_ / "pool"));
    storage::ChunkStoreOptions options;
    options.pools = {{"flash", storage::PoolClass::kFlash, {dir_ / "pool"}, 8 << 20, 0}};
    chunks_ = storage::LocalChunkStore::open(options, *meta_, *files_, {&*one_, &*two_},
                                             *background_, blocking_, clock_)
                  .value();
    auto epochs = std::make_shared<ReadEpochs>();
    first_ = make_service(epochs);
    second_ = make_service(epochs);
    reclaiming_ = make_service(epochs);
    reclaimer_ = std::make_unique<Reclaimer>(*reclaiming_);
  }

  void close() {
    reclaimer_.reset();
    first_.reset();
    second_.reset();
    reclaiming_.reset();
    if (chunks_) chunks_->close();
    chunks_.reset();
    meta_.reset();
  }

  std::unique_ptr<Service> make_service(const std::shared_ptr<ReadEpochs>& epochs) {
    return std::make_unique<Service>(*meta_, *chunks_, blocking_, clock_, Limits{}, 1 << 20,
                                     epochs);
  }

  void make_container() {
    CreateContainer request{{"acct", "box"}, {}};
    ASSERT_TRUE(run_on(one_, [&] { return create_container(*first_, request); }));
  }
  void put(const std::string& name, const std::string& text) {
    PutBlob request;
    request.key = key_of(name);
    request.content_length = text.size();
    test::TextSource source(text, 50'000);
    const auto result = run_on(one_, [&] { return put_blob(*first_, request, source); });
    ASSERT_TRUE(result) << to_string(result.error());
  }
  void stage(const std::string& name, const std::string& id, const std::string& text) {
    const PutBlock request{key_of(name), {id}, text.size(), {}, {}, false};
    test::TextSource source(text, 50'000);
    const auto result = run_on(one_, [&] { return put_block(*first_, request, source); });
    ASSERT_TRUE(result) << to_string(result.error());
  }
  void commit(const std::string& name, const std::vector<std::string>& ids) {
    PutBlockList request;
    request.key = key_of(name);
    request.blocks = latest(ids);
    const auto result = run_on(one_, [&] { return put_block_list(*first_, request); });
    ASSERT_TRUE(result) << to_string(result.error());
  }
  // On the other shard.
  Result<std::string> get(const std::string& name, std::optional<RequestedRange> range = {}) {
    GetBlob request;
    request.key = key_of(name);
    request.range = range;
    return run_on(two_, [&]() -> io::Task<Result<std::string>> {
      LAPIS_CO_TRY(auto result, co_await get_blob(*second_, request));
      co_return co_await test::read_all(*result.body);
    });
  }
  void reclaim() {
    ASSERT_TRUE(run_on(background_, [&] { return reclaimer_->run_once(); }));
  }

  test::TempDir dir_;
  SystemClock clock_;
  std::unique_ptr<io::FileSystem> files_ = io::make_uring_file_system();
  io::BlockingPool blocking_{2, 1000};
  test::TestShard one_{{.index = 0}};
  test::TestShard two_{{.index = 1}};
  test::TestShard background_{{.index = 2, .background = true}};
  std::unique_ptr<storage::LocalMetaStore> meta_;
  std::unique_ptr<storage::LocalChunkStore> chunks_;
  std::unique_ptr<Service> first_, second_, reclaiming_;
  std::unique_ptr<Reclaimer> reclaimer_;
};

TEST_F(LocalStores, KeepBlobsOfEveryShapeOverARestart) {
  make_container();
  put("empty", "");
  put("short", pattern(4096, 1));
  put("long", pattern(3'000'000, 2));
  std::string mixed;
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) {
    const std::string text = pattern(i % 3 == 0 ? 6'000 : 700, i);
    ids.push_back("ID" + std::to_string(10 + i));
    stage("mixed", ids.back(), text);
    mixed += text;
  }
  commit("mixed", ids);
  stage("staged", "AAAA", "waiting");
  for (const bool restarted : {false, true}) {
    if (restarted) {
      close();
      open();
    }
    EXPECT_EQ(get("empty"), "");
    EXPECT_EQ(get("short"), pattern(4096, 1));
    EXPECT_EQ(get("long"), pattern(3'000'000, 2));
    EXPECT_EQ(get("long", RequestedRange{1'234'567, 1'300'000}),
              pattern(3'000'000, 2).substr(1'234'567, 1'300'000 - 1'234'567 + 1));
    EXPECT_EQ(get("mixed"), mixed);
    EXPECT_EQ(get("mixed", RequestedRange{5'990, 8'000}), mixed.substr(5'990, 2'011));
    EXPECT_EQ(get("staged").error().code, ErrorCode::kBlobNotFound);
  }
  commit("staged", {"AAAA"});
  EXPECT_EQ(get("staged"), "waiting");
}

TEST_F(LocalStores, AReadOnAnotherShardIsNotReclaimed) {
  make_container();
  put("a", pattern(3'000'000, 1));
  GetBlob request;
  request.key = key_of("a");
  std::optional<Result<GetBlobResult>> reading;
  std::string got;
  run_on(two_, [&]() -> io::Task<void> {
    reading.emplace(co_await get_blob(*second_, request));
    const auto first = co_await reading->value().body->next();
    got += as_text(first.value());
  });
  put("a", pattern(5'000, 2));
  EXPECT_EQ(get("a"), pattern(5'000, 2));
  reclaim();
  EXPECT_EQ(reclaimer_->totals().released_chunks, 0u);
  const auto rest = run_on(two_, [&]() -> io::Task<Result<std::string>> {
    auto text = co_await test::read_all(*reading->value().body);
    reading.reset();
    co_return text;
  });
  ASSERT_TRUE(rest);
  EXPECT_EQ(got + *rest, pattern(3'000'000, 1));
  reclaim();
  EXPECT_GT(reclaimer_->totals().released_chunks, 0u);
}

TEST_F(LocalStores, ListAndDeleteContainersAndBlobs) {
  make_container();
  for (int i = 0; i < 30; ++i) put("dir" + std::to_string(i % 3) + "/" + std::to_string(i), "x");
  class Prefixes final : public ListSink {
   public:
    void blob(std::string_view, const BlobProperties&) override { ADD_FAILURE(); }
    void versions_only(std::string_view, const BlobProperties&) override { ADD_FAILURE(); }
    void uncommitted(std::string_view) override { ADD_FAILURE(); }
    void prefix(std::string_view name) override { names.emplace_back(name); }
    std::vector<std::string> names;
  };
  Prefixes prefixes;
  ListBlobs request;
  request.key = {"acct", "box"};
  request.delimiter = "/";
  ASSERT_TRUE(run_on(two_, [&] { return list_blobs(*second_, request, prefixes); }));
  EXPECT_EQ(prefixes.names, (std::vector<std::string>{"dir0/", "dir1/", "dir2/"}));
  const DeleteContainer gone{{"acct", "box"}, {}, {}};
  ASSERT_TRUE(run_on(one_, [&] { return delete_container(*first_, gone); }));
  EXPECT_EQ(get("dir0/0").error().code, ErrorCode::kContainerNotFound);
  reclaim();
  EXPECT_EQ(reclaimer_->totals().swept_rows, 30u);
}

}  // namespace
}  // namespace lapis::blob
