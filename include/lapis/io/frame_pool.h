// Memory of coroutine frames. A request makes and drops a dozen of them, always the same sizes, on
// one thread: each thread keeps what it has freed, up to a bound, and hands it out again.
//
// Under AddressSanitizer and ThreadSanitizer frames come from the heap, so that a frame that is
// used after its end is seen.
#pragma once

#include <cstddef>

namespace lapis::io {

// Never null: throws std::bad_alloc where there is no memory.
void* allocate_frame(std::size_t bytes);
// `bytes` as it was allocated with; on any thread.
void free_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace lapis::io
