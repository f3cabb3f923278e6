#include "support/faultblk/memory.h"

#include <sys/mman.h>

#include <new>

namespace lapis::faultblk {

Memory::Memory(std::uint64_t size) : start_(nullptr), size_(size) {
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  start_ = static_cast<std::byte*>(mapped);
}

Memory::~Memory() { ::munmap(start_, size_); }

}  // namespace lapis::faultblk
