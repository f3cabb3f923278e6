// Page-aligned memory straight from the kernel, given back to it when freed.
#pragma once

#include <cstddef>

namespace lapis::io {

// Null where the kernel refuses.
std::byte* map_pages(std::size_t size);
void unmap_pages(std::byte* data, std::size_t size);

}  // namespace lapis::io
