// The parts of a frame that do not come from a client, put where they belong in a piece of it.
#pragma once

#include <cstdint>

#include "lapis/base/bytes.h"

namespace lapis::storage {

// `into` holds a frame's bytes from `from` on: those of them that lie behind the payload, which
// ends at `tail_at`, become `tail` and zeros.
void fill_frame_tail(Bytes tail, std::uint64_t tail_at, std::uint64_t from, MutableBytes into);

}  // namespace lapis::storage
