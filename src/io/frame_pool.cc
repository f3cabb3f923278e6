#include "lapis/io/frame_pool.h"

#include <array>
#include <memory>
#include <new>
#include <utility>

namespace lapis::io {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LAPIS_FRAMES_FROM_HEAP 1
#endif
#endif

#if !defined(LAPIS_FRAMES_FROM_HEAP)

constexpr std::size_t kStep = 64;      // sizes are rounded up to it
constexpr std::size_t kClasses = 48;   // larger frames come from the heap
constexpr std::size_t kMostKept = 64;  // of each size, by each thread: at most 4.5 MiB in all

struct FreeFrame {
  FreeFrame* next;
};
struct FreeList {
  FreeFrame* first = nullptr;
  std::size_t count = 0;
};

// Constant-initialised and without a destructor, so that using it costs no guard.
thread_local constinit std::array<FreeList, kClasses> free_lists{};

// Gives back what a thread has kept when it ends.
struct AtThreadEnd {
  ~AtThreadEnd() {
    for (FreeList& list : free_lists) {
      while (list.first != nullptr) ::operator delete(std::exchange(list.first, list.first->next));
      list.count = kMostKept;  // what is freed after this goes to the heap
    }
  }
  void here() {}
};

std::size_t class_of(std::size_t bytes) { return (bytes + kStep - 1) / kStep - 1; }

#endif

}  // namespace

#if defined(LAPIS_FRAMES_FROM_HEAP)

void* allocate_frame(std::size_t bytes) { return ::operator new(bytes); }
void free_frame(void* frame, std::size_t) noexcept { ::operator delete(frame); }

#else

void* allocate_frame(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
  if (index >= kClasses) return ::operator new(bytes);
  FreeList& list = free_lists[index];
  if (list.first != nullptr) {
    --list.count;
    return std::exchange(list.first, list.first->next);
  }
  thread_local AtThreadEnd at_end;
  at_end.here();
  return ::operator new((index + 1) * kStep);
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t index = class_of(bytes);
  if (index >= kClasses || free_lists[index].count >= kMostKept) return ::operator delete(frame);
  FreeList& list = free_lists[index];
  list.first = std::construct_at(static_cast<FreeFrame*>(frame), list.first);
  ++list.count;
}

#endif

}  // namespace lapis::io
