// FsckTest: the real stores and the service over them, the check, and rows that are taken away.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "blob/keys.h"
#include "lapis/admin/fsck.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "lapis/io/file.h"
#include "lapis/storage/local_chunk_store.h"
#include "support/blob_harness.h"
#include "support/temp_dir.h"
#include "support/test_shard.h"

namespace lapis::admin {

class FsckTest : public testing::Test {
 protected:
  FsckTest() {
    storage::MetaStoreOptions meta_options;
    meta_options.directory = dir_ / "meta";
    meta_ = storage::LocalMetaStore::open(meta_options, blocking_).value();
    EXPECT_TRUE(files_->make_directories(dir_ / "pool"));
    storage::ChunkStoreOptions options;
    options.pools = {{"flash", storage::PoolClass::kFlash, {dir_ / "pool"}, 8 << 20, 0}};
    chunks_ = storage::LocalChunkStore::open(options, *meta_, *files_, {&*one_}, *background_,
                                             blocking_, clock_)
                  .value();
    auto epochs = std::make_shared<blob::ReadEpochs>();
    service_ = make_service(epochs);
    reclaiming_ = make_service(epochs);
    reclaimer_ = std::make_unique<blob::Reclaimer>(*reclaiming_);
    make_container("box");
  }
  ~FsckTest() override { close(); }

  void close() {
    reclaimer_.reset();
    reclaiming_.reset();
    service_.reset();
    if (chunks_) chunks_->close();
    chunks_.reset();
    meta_.reset();
  }
  std::unique_ptr<blob::Service> make_service(const std::shared_ptr<blob::ReadEpochs>& epochs) {
    return std::make_unique<blob::Service>(*meta_, *chunks_, blocking_, clock_, blob::Limits{},
                                           1 << 20, epochs, nullptr, nullptr, features_);
  }

  void make_container(const std::string& name) {
    ASSERT_TRUE(test::run_on(
        one_, [&] { return blob::create_container(*service_, {{"acct", name}, {}}); }));
  }
  void put(blob::BlobKey key, const std::string& text, blob::Tags tags = {}) {
    blob::PutBlob request;
    request.key = std::move(key);
    request.tags = std::move(tags);
    request.content_length = text.size();
    test::TextSource source(text, 50'000);
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_blob(*service_, request, source); }));
  }
  void stage(const std::string& name, const std::string& id, const std::string& text) {
    const blob::PutBlock request{test::key_of(name), {id}, text.size(), {}, {}, false};
    test::TextSource source(text, 50'000);
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_block(*service_, request, source); }));
  }
  void commit(const std::string& name, const std::vector<std::string>& ids) {
    blob::PutBlockList request;
    request.key = test::key_of(name);
    request.blocks = test::latest(ids);
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::put_block_list(*service_, request); }));
  }
  void remove(const std::string& name) {
    ASSERT_TRUE(test::run_on(
        one_, [&] { return blob::delete_blob(*service_, {test::key_of(name), {}, {}, {}}); }));
  }
  void take_snapshot(const std::string& name) {
    ASSERT_TRUE(test::run_on(
        one_, [&] { return blob::snapshot_blob(*service_, {test::key_of(name), {}, {}, {}}); }));
  }
  void remove_with_snapshots(const std::string& name) {
    blob::DeleteBlob request;
    request.key = test::key_of(name);
    request.snapshots = blob::SnapshotDeletion::kInclude;
    ASSERT_TRUE(test::run_on(one_, [&] { return blob::delete_blob(*service_, request); }));
  }
  // A blob of a few blocks or many, its snapshot, and the blob made anew with some of its blocks.
  void commit_over_snapshot(const std::string& name, int blocks) {
    auto ids = stage_many(name, blocks);
    commit(name, ids);
    take_snapshot(name);
    ids.resize(static_cast<std::size_t>(blocks) / 2);
    stage(name, "N001", test::pattern(9'000, 77));
    ids.push_back("N001");
    commit(name, ids);
  }
  void reclaim() {
    ASSERT_TRUE(test::run_on(background_, [&] { return reclaimer_->run_once(); }));
  }

  // Blocks "B100", ... short ones and ones in chunks.
  std::vector<std::string> stage_many(const std::string& name, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      ids.push_back("B" + std::to_string(100 + i));
      stage(name, ids.back(), test::pattern(i % 2 == 0 ? 6'000 : 700, i));
    }
    return ids;
  }
  // Something of every shape: rows of every table but release entries.
  void fill() {
    put(test::key_of("empty"), "");
    put(test::key_of("inline"), test::pattern(3'000, 1));
    put(test::key_of("chunks"), test::pattern(3'000'000, 2));
    commit("segments", stage_many("segments", 70));
    commit("direct", stage_many("direct", 6));
    stage_many("staged", 5);
  }

  nlohmann::json check(const FsckOptions& options = {}) {
    auto report = fsck_online(*meta_, *files_, options, clock_);
    EXPECT_TRUE(report) << to_string(report.error());
    return report ? *report : nlohmann::json();
  }
  static std::vector<std::string> sorts(const nlohmann::json& report) {
    std::vector<std::string> sorts;
    for (const auto& [kind, whats] : report["sorts"].items()) {
      for (const auto& [what, count] : whats.items()) sorts.push_back(kind + " " + what);
    }
    return sorts;
  }

  struct Row {
    std::string key;
    std::string value;
  };
  std::vector<Row> rows_of(storage::Table table) {
    const auto snapshot = meta_->snapshot();
    const std::string first = blob::table_prefix(table);
    const auto cursor = snapshot->scan(first, blob::prefix_end(first));
    std::vector<Row> rows;
    for (; cursor->valid(); cursor->next()) {
      rows.push_back({std::string(cursor->key()), std::string(cursor->value())});
    }
    return rows;
  }
  void change(storage::Transaction transaction) {
    ASSERT_TRUE(test::run_on(one_, [&] { return meta_->transact({}, std::move(transaction)); }));
  }
  // What is found while the row is not there.
  std::vector<std::string> without(const Row& row) {
    change([&](storage::MetaView& view) -> Result<void> {
      view.erase(row.key);
      return {};
    });
    auto found = sorts(check());
    change([&](storage::MetaView& view) -> Result<void> {
      view.put(row.key, row.value);
      return {};
    });
    return found;
  }
  using Sorts = std::vector<std::string>;

  // Of account "acct", for containers that are deleted from now on.
  void keep_containers(std::uint32_t days) { (*features_)["acct"].container_retention_days = days; }

  test::TempDir dir_;
  const std::shared_ptr<blob::FeaturesByAccount> features_ =
      std::make_shared<blob::FeaturesByAccount>(
          blob::FeaturesByAccount{{"acct", blob::AccountFeatures{}}});
  SystemClock clock_;
  std::unique_ptr<io::FileSystem> files_ = io::make_uring_file_system();
  io::BlockingPool blocking_{2, 1000};
  test::TestShard one_{{.index = 0}};
  test::TestShard background_{{.index = 1, .background = true}};
  std::unique_ptr<storage::LocalMetaStore> meta_;
  std::unique_ptr<storage::LocalChunkStore> chunks_;
  std::unique_ptr<blob::Service> service_, reclaiming_;
  std::unique_ptr<blob::Reclaimer> reclaimer_;
};

}  // namespace lapis::admin
