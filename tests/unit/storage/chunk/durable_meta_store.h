// A LocalMetaStore for tests of the chunk store: rows in memory, with the identity that a local
// store has. It outlives the chunk stores that are opened over it, as a disk would.
#pragma once

#include <memory>
#include <mutex>

#include "lapis/storage/local_meta_store.h"
#include "support/memory_meta_store.h"

namespace lapis::test {

class DurableMetaStore final : public storage::LocalMetaStore {
 public:
  std::optional<Result<std::optional<std::string>>> try_get(std::string_view key) override {
    return rows_->try_get(key);
  }
  io::Task<Result<std::optional<std::string>>> get(std::string key) override {
    return rows_->get(std::move(key));
  }
  std::unique_ptr<storage::MetaSnapshot> snapshot() override { return rows_->snapshot(); }
  io::Task<Result<void>> transact(storage::Scope scope, storage::Transaction fn) override {
    return rows_->transact(scope, std::move(fn));
  }
  std::uint64_t version_of(std::string_view key) const override { return rows_->version_of(key); }
  Sequence durable_sequence() const override { return rows_->durable_sequence(); }
  Guid uuid() const override { return uuid_; }
  std::uint64_t epoch() const override { return epoch_; }
  Result<void> start_new_epoch() override {
    ++epoch_;
    return {};
  }
  storage::MetaStoreStats stats() const override { return {}; }
  bool has_room() const override { return true; }
  storage::MetaEngineStats engine_stats() const override { return {}; }
  Result<storage::MetaSpace> space() const override { return storage::MetaSpace{}; }
  Result<void> compact(storage::RewrittenRows&, std::atomic<bool>&) override { return {}; }

  MemoryMetaStore& rows() { return *rows_; }

  // The disk has lied: the rows are `rows` again, and only `commits` commits are known. Between two
  // chunk stores only.
  void lose_commits(const MetaRows& rows, std::uint64_t commits) {
    rows_ = std::make_unique<MemoryMetaStore>();
    for (std::uint64_t i = 0; i < commits; ++i) {
      storage::Transaction put = [&rows](storage::MetaView& view) -> Result<void> {
        for (const auto& [key, value] : rows) view.put(key, value);
        view.next_id();
        return {};
      };
      // Completes inline.
      io::Task<Result<void>> task = rows_->transact({}, std::move(put));
      struct Run {
        struct promise_type {
          Run get_return_object() { return {}; }
          std::suspend_never initial_suspend() noexcept { return {}; }
          std::suspend_never final_suspend() noexcept { return {}; }
          void return_void() {}
          void unhandled_exception() { std::terminate(); }
        };
        static Run start(io::Task<Result<void>> task) { (void)co_await std::move(task); }
      };
      Run::start(std::move(task));
    }
  }

 private:
  std::unique_ptr<MemoryMetaStore> rows_ = std::make_unique<MemoryMetaStore>();
  Guid uuid_ = Guid::make();
  std::uint64_t epoch_ = 1;
};

}  // namespace lapis::test
