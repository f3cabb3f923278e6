// BodyWalk: where the bytes of a range lie, part by part. What reads a body, and what tells its
// checksum, walk it in the same steps.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "blob/lookup.h"
#include "lapis/blob/ops/get_blob.h"

namespace lapis::blob {

// A run of neighbouring chunks, which ends at a short block and where a segment ends; or the bytes
// of some short blocks, or of the record; or zeros, of page blobs.
struct BodyPart {
  std::uint64_t length = 0;
  std::vector<storage::ChunkSlice> slices;
  std::string bytes;  // where there are no slices
  bool is_zeros() const { return slices.empty() && bytes.empty(); }
};

// The first `length` of many zeros, or fewer: memory that all reads share.
Bytes some_zeros(std::uint64_t length);

// Of a body that has blocks, not one that is all in the record. Loads only the segments that the
// range touches. Whoever walks keeps a read's pin (read_epochs.h). Lives on the shard of `service`.
class BodyWalk {
 public:
  BodyWalk(Service& service, ContainerId container, Shared<BlobRecord> blob, ByteRange range)
      : service_(service),
        space_(space_of(container, blob->body)),
        blob_(std::move(blob)),
        named_(named_length(blob_->body)),
        at_(range.first),
        end_(range.first + range.length) {}

  std::uint64_t remaining() const { return end_ - at_; }
  // The next part; of no length at the end. Errors: the store's; kInternalError for damage.
  io::Task<Result<BodyPart>> next();

 private:
  io::Task<Result<void>> find_blocks();
  io::Task<Result<void>> take_short_blocks(BodyPart& part);
  void take_chunks(BodyPart& part);
  const Block& block_at(std::uint64_t offset) const;
  std::uint64_t list_end() const;

  Service& service_;
  const ContainerId space_;
  const Shared<BlobRecord> blob_;
  const std::uint64_t named_;  // where inline bytes begin
  std::uint64_t at_;           // where the next part begins
  const std::uint64_t end_;

  Shared<Segment> segment_;  // holds `blocks_` where the blob has segments
  const std::vector<Block>* blocks_ = nullptr;
  std::uint64_t base_ = 0;  // where `blocks_` begins in the blob
};

// A body that is all in the record needs no walk.
inline bool is_inline(const Body& body) {
  return body.blocks.empty() && body.segments.empty() && !has_pages(body);
}
inline Bytes inline_range(const BlobRecord& blob, ByteRange range) {
  return as_bytes(blob.body.inline_bytes).subspan(range.first, range.length);
}

// Its slices, for the chunk store.
std::unique_ptr<storage::SliceSource> slices_of(BodyPart part);

}  // namespace lapis::blob
