#include "budget/outside_counters.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

namespace lapis::daemon {
namespace {

std::atomic<std::uint64_t> syncs = 0;

std::atomic<std::uint32_t> counting = 0;  // 0: off; else the number of this measurement
std::atomic<std::uint32_t> measurements = 0;
std::atomic<std::uint64_t> allocations = 0;
std::atomic<std::uint64_t> allocated_bytes = 0;
char counted_prefix[16] = {};

// Whether this thread is counted; decided once a measurement.
bool is_counted(std::uint32_t measurement) {
  thread_local std::uint32_t decided_in = 0;
  thread_local bool counted = false;
  if (decided_in != measurement) {
    char name[16] = {};
    prctl(PR_GET_NAME, name);
    counted = std::strncmp(name, counted_prefix, std::strlen(counted_prefix)) == 0;
    decided_in = measurement;
  }
  return counted;
}

// Unused where a sanitizer brings its own operator new.
[[maybe_unused]] void* allocate(std::size_t size, std::size_t alignment) {
  if (const auto measurement = counting.load(std::memory_order_relaxed);
      measurement != 0 && is_counted(measurement)) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    allocated_bytes.fetch_add(size, std::memory_order_relaxed);
  }
  void* memory = alignment > alignof(std::max_align_t)
                     ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                     : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

std::uint64_t libc_syncs() { return syncs.load(); }

void start_counting_allocations(const char* prefix) {
  std::strncpy(counted_prefix, prefix, sizeof counted_prefix - 1);
  allocations = 0;
  allocated_bytes = 0;
  counting = ++measurements;
}

Allocations stop_counting_allocations() {
  counting = 0;
  return {allocations.load(), allocated_bytes.load()};
}

std::map<std::string, std::uint64_t> voluntary_switches() {
  std::map<std::string, std::uint64_t> result;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(entry.path() / "comm");
    std::string name;
    std::getline(comm, name);
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("voluntary_ctxt_switches:"))
        result[name] += std::stoull(line.substr(24));
    }
  }
  return result;
}

DeviceBytes device_bytes() {
  std::ifstream io("/proc/self/io");
  DeviceBytes bytes;
  for (std::string name; io >> name;) {
    std::uint64_t value = 0;
    io >> value;
    if (name == "read_bytes:") bytes.read = value;
    if (name == "write_bytes:") bytes.written = value;
  }
  return bytes;
}

}  // namespace lapis::daemon

extern "C" int fdatasync(int fd) {
  lapis::daemon::syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}
extern "C" int fsync(int fd) {
  lapis::daemon::syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(syscall(SYS_fsync, fd));
}

// The sanitizers bring their own.
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
void* operator new(std::size_t size) { return lapis::daemon::allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return lapis::daemon::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
