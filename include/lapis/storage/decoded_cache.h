// DecodedCache: a shard's bounded cache of decoded rows. An entry is used only while the store's
// version counter of its key is the one read before the row was: no lock, no RocksDB call, and
// never an acknowledged change missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "lapis/base/metrics.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

// What a cache did and holds; for metrics.
struct CacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  // a row that may have changed counts as one
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;

  void merge(const CacheStats& other) {
    hits += other.hits;
    misses += other.misses;
    entries += other.entries;
    bytes += other.bytes;
  }
};

// Lives on one shard, `stats` apart. Least recently used entries go first when the cost passes the
// limit; an entry costs what its inserter says, its key and its place in the cache.
template <class T>
class DecodedCache {
 public:
  DecodedCache(const MetaStore& store, std::uint64_t cost_limit_bytes)
      : store_(store), cost_limit_(cost_limit_bytes) {}

  // The cached value, null where there is none or the row may have changed.
  std::shared_ptr<const T> find(std::string_view key) {
    const auto it = index_.find(key);
    if (it == index_.end()) {
      misses_.add();
      return nullptr;
    }
    if (it->second->version != store_.version_of(key)) {
      remove(it->second);
      publish();
      misses_.add();
      return nullptr;
    }
    hits_.add();
    entries_.splice(entries_.begin(), entries_, it->second);
    return it->second->value;
  }

  // `version` is version_of(key) as read before the row was. A value that costs more than an eighth
  // of the limit is not kept.
  void insert(std::string_view key, std::uint64_t version, std::shared_ptr<const T> value,
              std::uint64_t cost_bytes) {
    if (const auto it = index_.find(key); it != index_.end()) remove(it->second);
    cost_bytes += key.size() + kEntryBytes;
    if (cost_bytes > cost_limit_ / 8) return;
    entries_.push_front({std::string(key), version, std::move(value), cost_bytes});
    index_.emplace(entries_.front().key, entries_.begin());
    cost_ += cost_bytes;
    while (cost_ > cost_limit_) remove(std::prev(entries_.end()));
    publish();
  }

  // What an entry costs beside its key and value: two nodes and a bucket.
  static constexpr std::uint64_t kEntryBytes = 128;

  std::size_t size() const { return entries_.size(); }
  std::uint64_t cost_bytes() const { return cost_; }
  // For any thread.
  CacheStats stats() const {
    return {hits_.value(), misses_.value(), shown_entries_.value(), shown_bytes_.value()};
  }

 private:
  struct Entry {
    std::string key;
    std::uint64_t version;
    std::shared_ptr<const T> value;
    std::uint64_t cost_bytes;
  };
  using Iterator = typename std::list<Entry>::iterator;

  void remove(Iterator it) {
    cost_ -= it->cost_bytes;
    index_.erase(it->key);
    entries_.erase(it);
  }

  void publish() {
    shown_entries_.set(entries_.size());
    shown_bytes_.set(cost_);
  }

  const MetaStore& store_;
  std::uint64_t cost_limit_;
  std::uint64_t cost_ = 0;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, Iterator> index_;  // keys point into entries_
  Counter hits_;
  Counter misses_;
  Counter shown_entries_;
  Counter shown_bytes_;
};

}  // namespace lapis::storage
