// Page-aligned memory straight from the kernel, given back to it when freed.
#pragma once

#include <cstddef>

namespace lapis::io {

// Null where the kernel refuses.
std::byte* map_pages(std::size_t size);
// Aligned to `size`, a power of two of at least 2 MiB, so that it can be one huge page; where the
// system has none to give it is ordinary pages. May be unmapped in parts.
std::byte* map_huge_page(std::size_t size);
void unmap_pages(std::byte* data, std::size_t size);

}  // namespace lapis::io
