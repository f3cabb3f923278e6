// A store of two pools: two flash paths and a disk, any of which can be hidden and shown as disks
// are that are not mounted.
#pragma once

#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"
#include "storage/chunk/superblock.h"
#include "unit/storage/chunk/store_fixture.h"

namespace lapis::test {

class PoolFixture : public StoreFixture {
 protected:
  PoolFixture() {
    for (const char* name : {"pool", "second", "disk", "new"}) {
      std::filesystem::create_directories(dir_ / name);
    }
    options_.missing_interval = std::chrono::milliseconds(1);
    options_.pools = {
        pool_of("flash", storage::PoolClass::kFlash, {dir_ / "pool", dir_ / "second"}),
        pool_of("disks", storage::PoolClass::kHdd, {dir_ / "disk"})};
  }

  static storage::PoolOptions pool_of(std::string name, storage::PoolClass pool_class,
                                      std::vector<std::filesystem::path> paths) {
    storage::PoolOptions pool;
    pool.name = std::move(name);
    pool.pool_class = pool_class;
    pool.paths = std::move(paths);
    pool.extent_bytes = kExtent;
    return pool;
  }

  void open() {
    const Result<void> opened = try_open(options_);
    if (!opened) throw std::runtime_error(to_string(opened.error()));
  }
  void reopen() {
    close();
    open();
  }
  void expect_refused(const std::string& word) {
    const Result<void> opened = try_open(options_);
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().detail.find(word), std::string::npos) << opened.error().detail;
  }

  storage::PathStats stats_of(const std::string& name) {
    for (storage::PathStats& stats : store_->stats()) {
      if (stats.path == dir_ / name) return stats;
    }
    throw std::runtime_error("no path " + name);
  }
  storage::PathStatus status(const std::string& name) { return stats_of(name).status; }
  PathId path_of(const Chunks& chunks) {
    const auto rows = meta_.rows().rows();
    return storage::decode_chunk_row(rows.at(storage::chunk_key(chunks.at(0).id)))
        ->places.at(0)
        .path;
  }
  bool lies_on(const Chunks& chunks, const std::string& name) {
    return path_of(chunks) == stats_of(name).id;
  }
  Chunks put_on(const std::string& name, const std::string& text = body_text(9'000)) {
    for (int i = 0; i < 500; ++i) {
      const Chunks chunks = put_ok(text);
      if (lies_on(chunks, name)) return chunks;
    }
    throw std::runtime_error("nothing lands on " + name);
  }

  // As when the disk is not mounted.
  std::string hide(const std::string& name) {
    const auto file = dir_ / name / storage::kSuperblockName;
    const std::string text = *simulated_.read_file(file, storage::kMaxSuperblockBytes);
    EXPECT_TRUE(simulated_.remove(file).has_value());
    return text;
  }
  // False where the power fails meanwhile.
  bool try_show(const std::string& name, const std::string& superblock) {
    return simulated_.replace_file(dir_ / name / storage::kSuperblockName, superblock).has_value();
  }
  void show(const std::string& name, const std::string& superblock) {
    EXPECT_TRUE(try_show(name, superblock));
  }

  template <class Call>
  Result<void> change(Call call) {
    return run_on(background_, [&]() -> io::Task<Result<void>> { co_return co_await call(); });
  }
  Result<void> drain(const std::string& name) {
    return change([&] { return store_->drain_path(dir_ / name); });
  }
  Result<void> resume(const std::string& name) {
    return change([&] { return store_->resume_path(dir_ / name); });
  }
  Result<void> set_read_only(const std::string& name) {
    return change([&] { return store_->set_read_only(dir_ / name); });
  }
  Result<void> retire(const std::string& name) {
    return change([&] { return store_->retire_path(dir_ / name); });
  }
  Result<void> add(const std::string& pool, const std::string& name) {
    return change([&] { return store_->add_path(pool, dir_ / name); });
  }
  static void expect_error(const Result<void>& result, const std::string& word) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(result.error().detail.find(word), std::string::npos) << result.error().detail;
  }
  bool retires(const std::string& name) {
    return eventually([&] { return retire(name).has_value(); });
  }

  storage::ChunkStoreOptions options_;
};

}  // namespace lapis::test
