// What a transaction leaves behind for the reclaimer: one entry each, whatever it stands for, so
// that no foreground operation pays for the size of what it replaces.
#pragma once

#include <string_view>
#include <vector>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Queues all that `body` names. Nothing is written where it names nothing. With an `owner` blocks
// that other bodies own too are left to them.
void queue_body(storage::MetaView& view, ContainerId container, Body body, BodyId owner = {});

// Queues blocks and the rows of emptied segments, a bounded number an entry.
void queue_blocks(storage::MetaView& view, ContainerId container, const std::vector<Block>& blocks,
                  const std::vector<SegmentId>& emptied, BodyId owner = {});

// Queues what is to be freed of a page map: targets a bounded number an entry.
void queue_pages(storage::MetaView& view, ContainerId container, PageRelease pages);

// Ends an upload: its row goes now, its staged blocks are queued.
void discard_upload(storage::MetaView& view, ContainerId container, std::string_view name,
                    UploadId upload);

}  // namespace lapis::blob
