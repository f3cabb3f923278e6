// A blob's bytes on their way out.
#pragma once

#include <memory>

#include "blob/lookup.h"
#include "blob/pages/page_walk.h"
#include "lapis/blob/ops/get_blob.h"
#include "lapis/blob/read_epochs.h"
#include "lapis/io/streams.h"

namespace lapis::blob {

// Lends the bytes of `range`, which lies inside the blob: a short body straight from the record,
// anything else block by block, loading only the segments that the range touches. `pin` was taken
// before the record was looked up; it is kept for as long as the body can still be read. Lives on
// the shard of `service`, which outlives it.
std::unique_ptr<io::BufferSource> open_body(Service& service, ContainerId container,
                                            Shared<BlobRecord> blob, ByteRange range,
                                            ReadSlot::Pin pin);

// The same of a page blob, as `snapshot` has it.
std::unique_ptr<io::BufferSource> open_pages(Service& service, PageSnapshot snapshot,
                                             PageStack stack, ByteRange range, ReadSlot::Pin pin);

}  // namespace lapis::blob
