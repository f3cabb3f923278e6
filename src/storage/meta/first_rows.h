// FirstRows: where the rows of a queue begin: of a range that is read from its front, whose first
// rows are erased when they have been dealt with. RocksDB keeps what was erased until a compaction
// has carried it to the last level, and a scan from the beginning steps over all of it, again each
// time: taking n rows off a queue would cost n times what has been taken before.
//
// Kept exactly, and only in memory: nothing is known of a queue before its first scan.
#pragma once

#include <rocksdb/types.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/meta/overlay.h"

namespace lapis::storage {

// Thread-safe.
class FirstRows {
 public:
  // Where a scan from `first` on may begin as well, in a snapshot of `sequence`: no row lies
  // between the two. `first` itself where that is not known, and for what is no queue.
  std::string begin(std::string_view first, rocksdb::SequenceNumber sequence);
  // Such a scan has come upon `row` first: a key, or the end of its range where there is none.
  void found(std::string_view first, std::string_view row, rocksdb::SequenceNumber sequence);
  // A group is written, and visible from `sequence` on. Before anybody hears of it.
  void note(const Overlay& written, rocksdb::SequenceNumber sequence);

 private:
  struct Queue {
    // No row lies before this one, in snapshots of `from` and later.
    std::optional<std::string> front;
    rocksdb::SequenceNumber from = 0;
    // Of what was put after `watched`, the lowest: what a snapshot since then may not have seen.
    std::optional<std::string> lowest;
    rocksdb::SequenceNumber watched = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Queue, std::less<>> queues_;  // by what their keys begin with
  rocksdb::SequenceNumber written_ = 0;
};

}  // namespace lapis::storage
