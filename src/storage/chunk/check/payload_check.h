// PayloadCheck: reads one chunk's payload and holds it against the checksums of its row, then what
// stands behind it in the frame.
#pragma once

#include "lapis/io/buffer_pool.h"
#include "lapis/io/file.h"
#include "lapis/io/task.h"
#include "storage/chunk/check/named_place.h"

namespace lapis::storage {

enum class PayloadState : std::uint8_t {
  kWhole,
  kTailDamaged,  // the payload is whole, its frame's table or trailer is not
  kDamaged,
  kUnreadable,
};

struct CheckedPayload {
  PayloadState state = PayloadState::kWhole;
  std::uint64_t offset = 0;  // of the first unit that is damaged, in the payload
};

// On a shard. `buffer` holds several units. `row` is the chunk's.
io::Task<CheckedPayload> check_payload(io::File& file, const NamedPlace& place, const ChunkRow& row,
                                       io::Buffer& buffer);

}  // namespace lapis::storage
