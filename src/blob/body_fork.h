// Where several rows hold beginnings of one body, of several lengths, only the longest grows in
// place (shared_body.h). A row with a shorter one, a copy that was left behind or a snapshot that
// was copied back, gets a body of its own before it is appended to, as one does whose body is
// borrowed: it takes over the blocks that it has, and no byte moves. That costs rows in proportion
// to its blocks, once.
#pragma once

#include <memory>
#include <string_view>

#include "blob/block_map.h"

namespace lapis::blob {

struct BodyFork {
  Etag blob;  // what it was prepared from
  BodyId body;
  Lender lender;  // where that is borrowed: its body is to own the blocks by name first
  std::vector<Block> blocks;
  BlockMapPlan plan;
};

// Of the blob as it is in `snapshot`; null where it has no body that others hold. Blocks on the
// disk: for the blocking pool.
Result<std::unique_ptr<BodyFork>> prepare_fork(storage::MetaSnapshot& snapshot,
                                               ContainerId container, std::string_view name);

// Whether it was prepared from this blob. A body grows with a new ETag only.
bool is_of(const BodyFork& fork, const BlobRecord& blob);

// Gives the blob, whose row is then written, the body of its own.
Result<void> write_fork(storage::MetaView& view, ContainerId container, const BodyFork& fork,
                        Body& body);

}  // namespace lapis::blob
