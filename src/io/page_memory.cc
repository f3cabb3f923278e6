#include "io/page_memory.h"

#include <sys/mman.h>

#include <cstdint>

#include "lapis/base/check.h"

namespace lapis::io {

std::byte* map_pages(std::size_t size) {
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return data == MAP_FAILED ? nullptr : static_cast<std::byte*>(data);
}

std::byte* map_huge_page(std::size_t size) {
  std::byte* const region = map_pages(2 * size);
  if (region == nullptr) return nullptr;
  const std::size_t before = (size - reinterpret_cast<std::uintptr_t>(region) % size) % size;
  if (before != 0) unmap_pages(region, before);
  unmap_pages(region + before + size, size - before);
  ::madvise(region + before, size, MADV_HUGEPAGE);  // where there are none, pages will do
  return region + before;
}

void unmap_pages(std::byte* data, std::size_t size) { LAPIS_CHECK(::munmap(data, size) == 0); }

}  // namespace lapis::io
