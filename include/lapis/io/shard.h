// A shard: one thread, one event loop (Asio on its io_uring back end for sockets), one liburing
// ring for files, one buffer pool. A connection, and everything done for it, stays on its shard.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/io/buffer_pool.h"
#include "lapis/io/executor.h"
#include "lapis/io/task.h"
#include "lapis/io/task_group.h"

namespace lapis::io {

struct ShardOptions {
  unsigned index = 0;
  unsigned ring_depth = 256;  // file operations in flight; more wait
  std::uint64_t buffer_budget_bytes = 128ull << 20;
  std::chrono::milliseconds buffer_wait{10'000};
  bool background = false;  // low CPU priority: reclaim, scrub, tiering
};

class Shard : public Executor {
 public:
  // Creates the ring and the loop and starts the thread. Errors: io_uring refused (EPERM, EMFILE).
  static Result<std::unique_ptr<Shard>> start(const ShardOptions& options, const Clock& clock);

  // The shard whose thread this is, null elsewhere.
  static Shard* current();

  virtual unsigned index() const = 0;
  virtual BufferPool& buffers() = 0;  // on the shard's thread only, but for its `stats`
  // Long-lived coroutines of the shard (accept loops, sweepers). On the shard's thread only.
  virtual TaskGroup& tasks() = 0;
  // Resumes the awaiter on this shard after `delay`. On the shard's thread only.
  virtual Task<void> sleep(std::chrono::milliseconds delay) = 0;

  // Runs `task` on the shard and waits for it, from any thread that is not a shard. Used by main
  // and tests.
  virtual void run(Task<void> task) = 0;

  // Stops the loop and joins the thread. Task groups must have been closed and operations have
  // ended. Idempotent; also done by the destructor.
  virtual void stop() = 0;
};

}  // namespace lapis::io
