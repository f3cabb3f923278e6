// What a test of any MetaStore needs: a store, an executor, and short words for common steps.
#pragma once

#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/io/blocking_pool.h"
#include "lapis/io/task_group.h"
#include "lapis/storage/local_meta_store.h"
#include "lapis/storage/meta_store.h"
#include "storage/meta/open_meta_store.h"
#include "support/inline_executor.h"
#include "support/memory_meta_store.h"
#include "support/temp_dir.h"

namespace lapis::storage {

using Row = std::optional<std::string>;
using Rows = std::vector<std::pair<std::string, std::string>>;

inline io::Task<void> keep_result(MetaStore& store, Transaction fn, Result<void>& result) {
  result = co_await store.transact(Scope{}, std::move(fn));
}

inline io::Task<void> run_all(MetaStore& store, std::vector<Transaction>& list, std::latch* queued,
                              std::vector<Result<void>>& results) {
  io::TaskGroup group;
  for (std::size_t i = 0; i < list.size(); ++i) {
    group.spawn(keep_result(store, std::move(list[i]), results[i]));
  }
  if (queued != nullptr) queued->count_down();
  co_await group.close();
}

class MetaHarness {
 public:
  virtual ~MetaHarness() = default;
  virtual MetaStore& store() = 0;
  // Runs the transactions at once; where the store groups, as one group. The results in order.
  virtual std::vector<Result<void>> run_together(std::vector<Transaction> list) {
    std::vector<Result<void>> results(list.size());
    executor.run_task(run_all(store(), list, nullptr, results));
    return results;
  }

  Result<void> transact(Transaction fn) {
    return executor.run_task(store().transact(Scope{}, std::move(fn)));
  }
  void put(std::string_view key, std::string_view value) {
    const Result<void> done = transact([key, value](MetaView& view) -> Result<void> {
      view.put(key, value);
      return {};
    });
    if (!done) throw std::runtime_error("put: " + to_string(done.error()));
  }
  // The row as `get` has it; throws on an error.
  Row get(std::string_view key) { return executor.run_task(store().get(std::string(key))).value(); }
  Rows scan(std::string_view first, std::string_view last) {
    Rows rows;
    const auto snapshot = store().snapshot();
    const auto cursor = snapshot->scan(first, last);
    for (; cursor->valid(); cursor->next()) rows.emplace_back(cursor->key(), cursor->value());
    cursor->status().value();
    return rows;
  }
  // Every row that transactions can write.
  Rows all_rows() { return scan("\x02", "\xff"); }

  test::InlineExecutor executor;
};

class MemoryHarness final : public MetaHarness {
 public:
  MetaStore& store() override { return memory; }
  test::MemoryMetaStore memory;
};

class LocalHarness final : public MetaHarness {
 public:
  explicit LocalHarness(rocksdb::Env* on = rocksdb::Env::Default(),
                        std::shared_ptr<rocksdb::Statistics> counts = nullptr)
      : env(on), statistics(std::move(counts)) {
    options.directory = directory / "meta";
    options.min_free_bytes = 0;
    reopen();
  }
  MetaStore& store() override { return *local; }

  // Keeps the committer busy until all are queued.
  std::vector<Result<void>> run_together(std::vector<Transaction> list) override {
    std::latch queued(1);
    list.insert(list.begin(), [&queued](MetaView&) -> Result<void> {
      queued.wait();
      return {};
    });
    std::vector<Result<void>> results(list.size());
    executor.run_task(run_all(store(), list, &queued, results));
    results.erase(results.begin());
    return results;
  }

  // Closes the store cleanly where it is open, and opens it.
  void reopen() {
    local.reset();
    auto opened = open_meta_store(options, pool, env, statistics);
    if (!opened) throw std::runtime_error("open: " + to_string(opened.error()));
    local = *std::move(opened);
  }

  test::TempDir directory;
  io::BlockingPool pool{2, 100};
  MetaStoreOptions options;
  rocksdb::Env* env;
  std::shared_ptr<rocksdb::Statistics> statistics;
  std::unique_ptr<LocalMetaStore> local;
};

}  // namespace lapis::storage
