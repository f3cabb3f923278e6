// SyncGroup: one fdatasync for all writes that had ended before it began. Who asks while one runs
// shares the next.
#pragma once

#include <cstdint>
#include <memory>

#include "lapis/base/result.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/parking.h"

namespace lapis::storage {

// Lives on one shard, as do all writers of `file`, which outlives it.
class SyncGroup {
 public:
  explicit SyncGroup(io::File& file) : file_(file), next_(std::make_shared<Round>()) {}

  // Completion means that every write to the file that had completed before the call is durable.
  // After one failure everything fails, and the file is not synced again: the kernel has told of
  // the lost pages once and marked them clean.
  io::Task<Result<void>> sync();

  // As after a failed sync.
  void poison(Error error);

 private:
  struct Round {
    bool done = false;
    Result<void> result;
  };

  io::Task<Result<void>> datasync();

  [[maybe_unused]] io::File& file_;  // unused where a mutant leaves the sync out
  std::shared_ptr<Round> next_;      // not begun
  bool running_ = false;
  Result<void> poisoned_;
  Parking waiters_;
};

}  // namespace lapis::storage
