// ServiceClock: the time that leases go by, and whatever else is counted over days and restarts. It
// never runs backwards, whatever happens to the machine's wall clock: while the process runs it
// counts on from where it began by monotonic time; a new process begins at the wall clock's time or
// at the last mark that was made, whichever is later (docs/formats.md, docs/decisions/0022).
//
// One for all services over a store. Asking it takes no lock and no system call.
#pragma once

#include <atomic>
#include <memory>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"
#include "lapis/io/task.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

class ServiceClock {
 public:
  // Begins at `clock`'s wall time, or at `mark` where that is later. `clock` outlives it.
  ServiceClock(const Clock& clock, ServiceTime mark);
  // Begins after the store's mark. Blocks: for start-up. Errors: the store's, and kInternalError
  // for a mark that is damaged.
  static Result<std::shared_ptr<ServiceClock>> open(storage::MetaStore& meta, const Clock& clock);

  // Thread-safe.
  ServiceTime now() const;

  // Makes a mark of the time, where somebody has asked for it since the last one: what has been
  // told is told for good. To be called every few seconds by one task at a time. Completion means
  // durable.
  io::Task<Result<void>> mark(storage::MetaStore& meta);

 private:
  const Clock& clock_;
  const Instant began_;
  const ServiceTime start_;
  mutable std::atomic<bool> asked_ = false;
};

}  // namespace lapis::blob
