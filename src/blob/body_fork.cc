#include "blob/body_fork.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/block_rows.h"
#include "blob/shared_body.h"

namespace lapis::blob {

Result<std::unique_ptr<BodyFork>> prepare_fork(storage::MetaSnapshot& snapshot,
                                               ContainerId container, std::string_view name) {
  LAPIS_TRY(const BlobRows rows, read_blob_rows(snapshot, container, name));
  if (!rows.blob || rows.blob->body.id == BodyId{}) return nullptr;
  LAPIS_TRY(CommittedBlocks old, read_blocks(snapshot, container, rows.blob->body));
  auto fork = std::make_unique<BodyFork>();
  fork->blob = rows.blob->properties.etag;
  fork->body = rows.blob->body.id;
  fork->lender = rows.blob->body.lender;
  for (OldSegment& segment : old.segments) {
    for (Block& block : segment.segment.blocks) fork->blocks.push_back(std::move(block));
  }
  for (Block& block : old.direct) fork->blocks.push_back(std::move(block));
  std::vector<const Block*> order;
  order.reserve(fork->blocks.size());
  for (const Block& block : fork->blocks) order.push_back(&block);
  fork->plan = plan_block_map(order, {});
  return fork;
}

bool is_of(const BodyFork& fork, const BlobRecord& blob) {
  return blob.properties.etag == fork.blob && blob.body.id == fork.body;
}

Result<void> write_fork(storage::MetaView& view, ContainerId container, const BodyFork& fork,
                        Body& body) {
  Body own = write_block_map(view, container, fork.plan);
  own.listed = false;
  own.inline_bytes = body.inline_bytes;
  LAPIS_TRY(own.id, take_over(view, container, fork.blocks, std::move(body)));
  body = std::move(own);
  return {};
}

}  // namespace lapis::blob
