// ReleaseBatch: freeing what rows name, in transactions of bounded size. What is added earlier is
// committed no later than what is added later, so the row that names something is added after all
// that it names: an interruption anywhere leaves it in place, and doing it again passes over what
// is gone.
#pragma once

#include <string>
#include <vector>

#include "blob/pages/page_release.h"
#include "lapis/blob/reclaimer.h"

namespace lapis::blob {

// Lives on the service's shard; works in one container.
class ReleaseBatch {
 public:
  // Counts into `stats`, which outlives it; so does `thinned`, the maps that need not be thinned
  // again.
  ReleaseBatch(Service& service, ContainerId container, ReclaimStats& stats,
               ThinnedMaps* thinned = nullptr)
      : service_(service), container_(container), stats_(stats), thinned_(thinned) {}

  // All that a body names: chunks, rows of short blocks, segments and all they name. Of an `owner`
  // only what no other body owns; the others find it gone from their company.
  io::Task<Result<void>> add_body(const Body& body, BodyId owner = {});
  // Of a page map what the entry says.
  io::Task<Result<void>> add_pages(const PageRelease& release);
  // The row of a segment, not what it names.
  io::Task<Result<void>> add_segment_row(SegmentId segment);
  // All staged blocks of an upload and what they name.
  io::Task<Result<void>> add_upload(UploadId upload);
  // One row, after all that it names.
  io::Task<Result<void>> add_row(std::string key);

  // Commits what is still held. What was added is not freed before.
  io::Task<Result<void>> flush();
  // True once a commit has failed: then nothing further can be freed. Any other error is about the
  // row at hand, and others may go on.
  bool has_failed() const { return failed_; }

 private:
  io::Task<Result<void>> add_blocks(const std::vector<Block>& blocks, BodyId owner);
  io::Task<Result<void>> add_target(BlockTarget target);
  io::Task<Result<void>> add_page_map(PageMapId map);
  io::Task<Result<void>> thin(PageMapId map);
  io::Task<Result<void>> leave_blocks(const std::vector<Block>& blocks, BodyId owner);
  Result<void> apply(storage::MetaView& view, storage::ChunkStore::Freed& freed) const;

  Service& service_;
  const ContainerId container_;
  ReclaimStats& stats_;
  ThinnedMaps* const thinned_;
  std::vector<ChunkId> chunks_;
  std::vector<std::string> rows_;
  bool failed_ = false;
};

}  // namespace lapis::blob
