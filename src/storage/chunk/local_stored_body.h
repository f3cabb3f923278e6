// LocalStoredBody: chunks that are durable in extents and named by no row yet.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lapis/storage/chunk_store.h"
#include "storage/chunk/extent.h"

namespace lapis::storage {

// Used by one thread at a time. Its pins keep the reclaimer away from what no row protects yet.
class LocalStoredBody final : public StoredBody {
 public:
  // `hour`: of the writing, which counts as the first use.
  explicit LocalStoredBody(std::uint32_t hour) : hour_(hour) {}

  // The chunk's frame is written; `crc` is its payload's. The body is lent to callers only when
  // all its frames are durable.
  void add(ChunkId id, const ChunkRow& row, std::uint64_t crc, ExtentPin pin);

  const std::vector<ChunkRef>& chunks() const override { return chunks_; }
  std::uint64_t length() const override { return length_; }
  std::uint64_t crc64() const override { return crc_; }
  void record(MetaView& view, HeatRank rank) const override;
  void recorded() override;

 private:
  struct Stored {
    ChunkId id;
    std::string row;
    PathId path;
    std::int64_t frame_bytes = 0;
    ExtentPin pin;
  };

  const std::uint32_t hour_;
  std::vector<ChunkRef> chunks_;
  std::vector<Stored> stored_;
  std::uint64_t length_ = 0;
  std::uint64_t crc_ = 0;
  bool recorded_ = false;
};

}  // namespace lapis::storage
