// Copy Blob of a page blob of the account, without writing a page: the copy has a map of its own,
// in which nothing is, over the pages of its source (page_stack.h).
#pragma once

#include "blob/keys.h"
#include "lapis/blob/ops/copy_blob.h"

namespace lapis::blob {

// Levels that a read goes through, of which each costs it a look: a copy of what has as many is
// written out.
inline constexpr std::size_t kMaxPageLayers = 7;

struct LayeredCopy {
  const CopyBlob& request;  // with a local source, in the same account
  ContainerId container;
  ContainerId source_container;
};

// A few small writes, whatever the size. Nothing where the source has too many layers; then nothing
// was written. The caller has a read's pin. Errors: as copy_page_blob.
io::Task<Result<std::optional<CopyBlobResult>>> copy_layered(Service& service, LayeredCopy copy);

}  // namespace lapis::blob
