// WatchedMetaStore: passes everything on to another MetaStore, counts it, and lets a test step in
// between an operation's preparation and its transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lapis/storage/meta_store.h"

namespace lapis::test {

// Calls on one thread; cursors and snapshots are the other store's own.
class WatchedMetaStore final : public storage::MetaStore {
 public:
  explicit WatchedMetaStore(storage::MetaStore& under) : under_(under) {}

  struct Counts {
    std::uint64_t reads = 0;  // get and try_get
    std::uint64_t transactions = 0;
    std::uint64_t snapshots = 0;
  };
  Counts counts;
  // Called before each read, with how many were made by then.
  std::function<void(std::uint64_t)> before_read;
  // Awaited once, before the next transaction runs; then forgotten.
  std::function<io::Task<void>()> before_transaction;
  // No transaction runs meanwhile: kInternalError.
  bool fail_commits = false;

  std::optional<Result<std::optional<std::string>>> try_get(std::string_view key) override {
    note_read();
    return under_.try_get(key);
  }
  io::Task<Result<std::optional<std::string>>> get(std::string key) override {
    note_read();
    return under_.get(std::move(key));
  }
  std::unique_ptr<storage::MetaSnapshot> snapshot() override {
    ++counts.snapshots;
    return under_.snapshot();
  }
  io::Task<Result<void>> transact(storage::Scope scope, storage::Transaction fn) override {
    if (before_transaction) {
      const auto step_in = std::exchange(before_transaction, nullptr);
      co_await step_in();
    }
    if (fail_commits) co_return fail(ErrorCode::kInternalError, "planned");
    ++counts.transactions;
    co_return co_await under_.transact(scope, std::move(fn));
  }
  std::uint64_t version_of(std::string_view key) const override { return under_.version_of(key); }
  Sequence durable_sequence() const override { return under_.durable_sequence(); }

 private:
  void note_read() {
    if (before_read) before_read(counts.reads);
    ++counts.reads;
  }

  storage::MetaStore& under_;
};

}  // namespace lapis::test
