// The one budget for body bytes in memory: page-aligned buffers of two sizes from a fixed number of
// bytes for each shard. When it is empty, whoever needs a buffer waits, and so stops reading its
// socket: memory grows neither with the size of a blob nor with the number of slow clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "lapis/base/bytes.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"

namespace lapis::io {

class BufferPool;

// For metrics.
struct BufferPoolStats {
  std::uint64_t budget_bytes = 0;
  std::uint64_t used_bytes = 0;
  std::uint64_t idle_bytes = 0;  // kept for the next who asks
  std::uint64_t waiting = 0;     // callers that wait now
  std::uint64_t waits = 0;       // so far
  std::uint64_t refused = 0;     // of those: that waited in vain
};

// One buffer; returns to its pool when destroyed (on the pool's shard). 4096-aligned.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  MutableBytes bytes() const { return {data_, size_}; }
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  friend class BufferPool;
  Buffer(BufferPool* pool, std::byte* data, std::size_t size)
      : pool_(pool), data_(data), size_(size) {}
  BufferPool* pool_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Lives on one shard. Buffers are allocated when first needed and kept.
class BufferPool {
 public:
  static constexpr std::size_t kSmall = 64 * 1024;
  static constexpr std::size_t kLarge = 1024 * 1024;

  // At most `budget` bytes are ever out or kept, beside half a huge page. Waiters are served in
  // order; one that has waited longer than `max_wait` gets kServerBusy.
  BufferPool(std::uint64_t budget, std::chrono::milliseconds max_wait, const Clock& clock);
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // A buffer of kSmall where `wanted` fits in one, else of kLarge. Errors: kServerBusy.
  // A caller that already holds a buffer and needs a second must use try_acquire (else two such
  // callers can wait for each other for ever) and do with one where there is none.
  Task<Result<Buffer>> acquire(std::size_t wanted);
  // The same without waiting: an empty Buffer where the budget is used up.
  Buffer try_acquire(std::size_t wanted);

  // Fails the waiters whose time is up. Called by the shard about once a second while there are
  // any.
  void expire_waiters();
  bool has_waiters() const;
  std::uint64_t bytes_in_use() const;
  // For any thread.
  BufferPoolStats stats() const;

 private:
  friend class Buffer;
  struct State;
  void give_back(std::byte* data, std::size_t size);
  std::unique_ptr<State> state_;
};

}  // namespace lapis::io
