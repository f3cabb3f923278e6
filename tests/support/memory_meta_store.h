// MemoryMetaStore: the MetaStore contract on a std::map, for tests of the layers above.
// Transactions run and complete inline, on the caller's thread. Nothing outlives the object.
//
// It can be told to be difficult: to fail a commit, to refuse all of them, to run every transaction
// twice (which the contract permits) and to know no row from memory.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lapis/storage/meta_store.h"
#include "storage/meta/room.h"

namespace lapis::test {

using MetaRows = std::map<std::string, std::string, std::less<>>;

// A cursor over [first, last) of rows that nobody changes and that outlive it. Each scan, seek and
// step is counted.
class MemoryMetaCursor final : public storage::MetaCursor {
 public:
  MemoryMetaCursor(const MetaRows& rows, std::string_view first, std::string_view last,
                   std::atomic<std::uint64_t>& visits)
      : rows_(rows), first_(first), last_(last), visits_(visits) {
    seek(first_);
  }
  void seek(std::string_view key) override {
    ++visits_;
    at_ = rows_.lower_bound(std::max(key, std::string_view(first_)));
  }
  void next() override {
    ++visits_;
    ++at_;
  }
  bool valid() const override { return at_ != rows_.end() && at_->first < last_; }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  Result<void> status() const override { return {}; }

 private:
  const MetaRows& rows_;
  std::string first_;
  std::string last_;
  std::atomic<std::uint64_t>& visits_;
  MetaRows::const_iterator at_;
};

// The rows as they were: a copy.
class MemoryMetaSnapshot final : public storage::MetaSnapshot {
 public:
  MemoryMetaSnapshot(MetaRows rows, std::atomic<std::uint64_t>& visits)
      : rows_(std::move(rows)), visits_(visits) {}
  Result<std::optional<std::string>> get(std::string_view key) override {
    ++visits_;
    const auto it = rows_.find(key);
    if (it == rows_.end()) return std::nullopt;
    return it->second;
  }
  std::unique_ptr<storage::MetaCursor> scan(std::string_view first,
                                            std::string_view last) override {
    return std::make_unique<MemoryMetaCursor>(rows_, first, last, visits_);
  }

 private:
  MetaRows rows_;
  std::atomic<std::uint64_t>& visits_;
};

// One run of a transaction: changes the rows in place, and back unless `keep` is called.
class MemoryMetaView final : public storage::MetaView {
 public:
  MemoryMetaView(MetaRows& rows, std::uint64_t& last_id, std::uint64_t& reads)
      : rows_(rows), last_id_(last_id), reads_(reads) {}
  MemoryMetaView(const MemoryMetaView&) = delete;
  MemoryMetaView& operator=(const MemoryMetaView&) = delete;
  ~MemoryMetaView() override {
    for (auto& [key, value] : before_) {
      if (value) {
        rows_.insert_or_assign(key, std::move(*value));
      } else {
        rows_.erase(key);
      }
    }
  }

  Result<std::optional<std::string>> get(std::string_view key) override {
    ++reads_;
    const auto it = rows_.find(key);
    if (it == rows_.end()) return std::nullopt;
    return it->second;
  }
  void put(std::string_view key, std::string_view value) override {
    write(key, value);
    size_.put_bytes += key.size() + value.size();
  }
  void rewrite(std::string_view key, std::string_view value) override {
    write(key, value);
    size_.rewritten_bytes += key.size() + value.size();
  }
  void erase(std::string_view key) override {
    ++size_.erases;
    remember(key);
    touched_.insert(std::string(key));
    if (const auto it = rows_.find(key); it != rows_.end()) rows_.erase(it);
  }
  void erase_range(std::string_view first, std::string_view last) override {
    wrote_range_ = true;
    ++size_.erases;
    if (first >= last) return;
    const auto begin = rows_.lower_bound(first);
    const auto end = rows_.lower_bound(last);
    for (auto it = begin; it != end; ++it) remember(it->first);
    rows_.erase(begin, end);
  }
  std::uint64_t next_id() override {
    used_id_ = true;
    return ++last_id_;
  }

  bool wrote() const { return used_id_ || wrote_range_ || !touched_.empty(); }
  // The keys put and erased one by one: those whose version counters are raised.
  const std::set<std::string>& touched() const { return touched_; }
  const storage::WriteSize& size() const { return size_; }
  void keep() { before_.clear(); }

 private:
  void write(std::string_view key, std::string_view value) {
    remember(key);
    touched_.insert(std::string(key));
    rows_.insert_or_assign(std::string(key), std::string(value));
  }
  void remember(std::string_view key) {
    if (before_.contains(key)) return;
    const auto it = rows_.find(key);
    before_.emplace(std::string(key),
                    it == rows_.end() ? std::nullopt : std::optional<std::string>(it->second));
  }

  MetaRows& rows_;
  std::uint64_t& last_id_;
  std::uint64_t& reads_;
  std::map<std::string, std::optional<std::string>, std::less<>> before_;
  std::set<std::string> touched_;
  storage::WriteSize size_;
  bool wrote_range_ = false;
  bool used_id_ = false;
};

// Thread-safe.
class MemoryMetaStore final : public storage::MetaStore {
 public:
  std::optional<Result<std::optional<std::string>>> try_get(std::string_view key) override {
    if (cold_) return std::nullopt;
    return read(key);
  }
  io::Task<Result<std::optional<std::string>>> get(std::string key) override {
    co_return read(key);
  }
  std::unique_ptr<storage::MetaSnapshot> snapshot() override {
    const std::lock_guard lock(mutex_);
    return std::make_unique<MemoryMetaSnapshot>(rows_, visits_);
  }
  io::Task<Result<void>> transact(storage::Scope, storage::Transaction fn) override {
    co_return commit(fn);
  }
  std::uint64_t version_of(std::string_view key) const override {
    return versions_[stripe(key)].load(std::memory_order_acquire);
  }
  Sequence durable_sequence() const override {
    const std::lock_guard lock(mutex_);
    return Sequence{sequence_};
  }

  // The n-th commit from now (1: the next) fails with `error`: nothing of it is kept, later ones
  // succeed. Transactions that write nothing or fail themselves are not commits.
  void fail_commit(std::uint64_t n, Error error) {
    const std::lock_guard lock(mutex_);
    fail_in_ = n;
    fail_with_ = std::move(error);
  }
  // As after a failed write of the real store: every transaction fails, reads go on.
  void set_read_only(bool read_only) {
    const std::lock_guard lock(mutex_);
    read_only_ = read_only;
  }
  // As where the disk has that room left.
  void set_room(storage::Room room) {
    const std::lock_guard lock(mutex_);
    room_ = room;
  }
  // Every transaction is run twice, the first run's writes thrown away.
  void set_run_twice(bool run_twice) {
    const std::lock_guard lock(mutex_);
    run_twice_ = run_twice;
  }
  // `try_get` knows nothing, so that callers take the slow path.
  void set_cold(bool cold) { cold_ = cold; }

  // For a test's own eyes.
  MetaRows rows() const {
    const std::lock_guard lock(mutex_);
    return rows_;
  }
  std::uint64_t commits() const { return durable_sequence().value; }
  // Rows that transactions asked for, found or not.
  std::uint64_t transaction_reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }
  // Rows that snapshots were asked for, one by one or by a cursor, found or not.
  std::uint64_t visits() const { return visits_; }

 private:
  static constexpr std::size_t kStripes = 1024;
  static std::size_t stripe(std::string_view key) {
    return std::hash<std::string_view>{}(key) % kStripes;
  }

  Result<std::optional<std::string>> read(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto it = rows_.find(key);
    if (it == rows_.end()) return std::nullopt;
    return it->second;
  }

  static Result<void> run(storage::Transaction& fn, MemoryMetaView& view) {
    try {
      return fn(view);
    } catch (const std::exception& e) {
      return fail(ErrorCode::kInternalError, std::string("transaction threw: ") + e.what());
    } catch (...) {
      return fail(ErrorCode::kInternalError, "transaction threw");
    }
  }

  Result<void> commit(storage::Transaction& fn) {
    const std::lock_guard lock(mutex_);
    if (read_only_) {
      return fail(ErrorCode::kInternalError, "store is read-only until restart");
    }
    if (run_twice_) {
      MemoryMetaView rehearsal(rows_, last_id_, reads_);
      (void)run(fn, rehearsal);
    }
    MemoryMetaView view(rows_, last_id_, reads_);
    LAPIS_TRY_VOID(run(fn, view));
    LAPIS_TRY_VOID(storage::admit(room_, view.size()));
    if (!view.wrote()) return {};
    if (fail_in_ != 0 && --fail_in_ == 0) return fail(fail_with_);
    view.keep();
    ++sequence_;
    for (const std::string& key : view.touched()) {
      versions_[stripe(key)].fetch_add(1, std::memory_order_release);
    }
    return {};
  }

  mutable std::mutex mutex_;
  MetaRows rows_;
  std::uint64_t last_id_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t fail_in_ = 0;
  Error fail_with_{ErrorCode::kInternalError};
  storage::Room room_ = storage::Room::kForAll;
  bool read_only_ = false;
  bool run_twice_ = false;
  std::atomic<bool> cold_ = false;
  std::atomic<std::uint64_t> visits_ = 0;
  std::array<std::atomic<std::uint64_t>, kStripes> versions_{};
};

}  // namespace lapis::test
