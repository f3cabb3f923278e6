// Suspects: chunks that a read could not verify, on their way to who looks at them closely.
#pragma once

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "lapis/base/ids.h"
#include "storage/chunk/chore.h"

namespace lapis::storage {

// Thread-safe. Never waits for anything but a few instructions of another caller.
class Suspects {
 public:
  // `examine` is poked when there are some.
  explicit Suspects(Chore& examine) : examine_(examine) {}

  // Beyond kMost they are dropped: scrub comes by every chunk.
  void add(ChunkId chunk) {
    {
      const std::lock_guard lock(mutex_);
      if (chunks_.size() == kMost || std::ranges::find(chunks_, chunk) != chunks_.end()) return;
      chunks_.push_back(chunk);
    }
    examine_.poke();
  }

  std::vector<ChunkId> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(chunks_, {});
  }

 private:
  static constexpr std::size_t kMost = 256;

  Chore& examine_;
  std::mutex mutex_;
  std::vector<ChunkId> chunks_;
};

}  // namespace lapis::storage
