// LostCommits: evidence, found on disk at start, that the metadata once knew of later commits than
// it has recovered. Such commits may have been acknowledged: it is said loudly and never passed
// over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lapis/base/ids.h"
#include "lapis/base/result.h"
#include "storage/chunk/frame.h"

namespace lapis::storage {

class LostCommits {
 public:
  // What the metadata recovered.
  LostCommits(Sequence recovered, std::uint64_t epoch) : recovered_(recovered), epoch_(epoch) {}

  // Looks at a frame that is on disk.
  void examine(const FrameHeader& frame);
  // Something else that only a later commit explains.
  void add(std::string evidence);
  // What was found elsewhere.
  void merge(const LostCommits& other);

  bool found() const { return count_ != 0; }
  // The last sequence that a frame of this epoch knew to be durable.
  Sequence latest() const { return latest_; }
  // The highest chunk id seen.
  ChunkId last_chunk() const { return last_chunk_; }
  // What to tell the operator: the numbers, and the first few pieces of evidence.
  std::string report() const;

 private:
  Sequence recovered_;
  std::uint64_t epoch_;
  Sequence latest_;
  ChunkId last_chunk_;
  std::uint64_t count_ = 0;
  std::vector<std::string> examples_;
};

}  // namespace lapis::storage
