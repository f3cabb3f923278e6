#include "storage/meta/first_rows.h"

#include <algorithm>

#include "lapis/storage/tables.h"

namespace lapis::storage {
namespace {

// How much of a queue's keys is the same; 0 for tables that are none.
constexpr std::size_t prefix_bytes(Table table) {
  if (table == Table::kCold) return 5;     // a path's chunks, coldest first: the path's id
  if (table == Table::kRelease) return 1;  // what waits to be released
  return 0;
}

// What the keys of the queue begin with that a scan from `first` on reads; nothing where it is
// none.
std::optional<std::string_view> queue_of(std::string_view first) {
  const std::size_t bytes = first.empty() ? 0 : prefix_bytes(static_cast<Table>(first.front()));
  if (bytes == 0 || first.size() < bytes) return std::nullopt;
  return first.substr(0, bytes);
}

void lower(std::optional<std::string>& key, std::string_view to) {
  if (!key || to < *key) key = std::string(to);
}

}  // namespace

std::string FirstRows::begin(std::string_view first, rocksdb::SequenceNumber sequence) {
  const auto prefix = queue_of(first);
  if (!prefix) return std::string(first);
  const std::lock_guard lock(mutex_);
  auto it = queues_.find(*prefix);
  if (it == queues_.end()) {
    it = queues_.emplace(*prefix, Queue{}).first;
    it->second.watched = written_;  // what was put before this moment was not watched for
  }
  const Queue& queue = it->second;
  if (!queue.front || sequence < queue.from) return std::string(first);
  return std::max(std::string(first), *queue.front);
}

void FirstRows::found(std::string_view first, std::string_view row,
                      rocksdb::SequenceNumber sequence) {
  const auto prefix = queue_of(first);
  if (!prefix) return;
  const std::lock_guard lock(mutex_);
  const auto it = queues_.find(*prefix);
  if (it == queues_.end()) return;
  Queue& queue = it->second;
  // Rows may have been put since the snapshot, and before they were watched for.
  if (sequence < queue.watched) return;
  // Rows may lie before where it looked.
  if (first > (queue.front ? std::string_view(*queue.front) : *prefix)) return;
  queue.front = std::string(row);
  if (queue.lowest) lower(queue.front, *queue.lowest);
  queue.from = sequence;
  queue.lowest.reset();
  queue.watched = written_;
}

void FirstRows::note(const Overlay& written, rocksdb::SequenceNumber sequence) {
  const std::lock_guard lock(mutex_);
  written_ = sequence;
  for (auto& [prefix, queue] : queues_) {
    const auto put = written.first_put(prefix);
    if (!put) continue;
    lower(queue.lowest, *put);
    if (queue.front) lower(queue.front, *put);
  }
}

}  // namespace lapis::storage
