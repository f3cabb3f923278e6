#include "io/page_memory.h"

#include <sys/mman.h>

#include "lapis/base/check.h"

namespace lapis::io {

std::byte* map_pages(std::size_t size) {
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return data == MAP_FAILED ? nullptr : static_cast<std::byte*>(data);
}

void unmap_pages(std::byte* data, std::size_t size) { LAPIS_CHECK(::munmap(data, size) == 0); }

}  // namespace lapis::io
