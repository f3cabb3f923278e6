// InlineMover: keeps the metadata store below its high watermark by moving short bodies that nobody
// has used for a while out of their blobs' rows into chunks, on slow disks where there are any. A
// moved body is like that of any longer blob; ETag, Last-Modified and everything else stay.
//
// What is cold is found by a clock hand that goes over the rows of the blobs, resumes where it was,
// and wraps around. A body is cold when it was neither written nor read for a time, which is halved
// with every round that did not suffice. What moved frees its space when the tables that held it
// are rewritten; that is asked for, a bounded range at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "lapis/blob/service.h"
#include "lapis/io/task.h"
#include "lapis/storage/local_meta_store.h"

namespace lapis::blob {

struct InlineMoverOptions {
  // Both as LocalMetaStore's: `space` blocks, for the blocking pool; `compact` keeps off it, and
  // what it is given outlives it.
  std::function<Result<storage::MetaSpace>()> space;
  std::function<io::Task<Result<void>>(storage::RewrittenRows& rows, std::atomic<bool>& stopping)>
      compact;
  // Shares of the store's size. Above `high` bodies move out until `low` is reached.
  double high = 0.85;
  double low = 0.75;
  // How long a body was not used that moves first. Less in later rounds, but a minute at least
  // where this is not less.
  std::chrono::milliseconds cold_after = std::chrono::hours(1);
};

struct InlineMoverStatus {
  std::uint64_t size_bytes = 0;  // that the store may take
  std::uint64_t used_bytes = 0;  // of its files
  std::uint64_t high_bytes = 0;  // the watermarks
  std::uint64_t low_bytes = 0;
  bool moving = false;
  std::uint64_t left_bytes = 0;    // to move until the low watermark
  std::uint64_t moved_bodies = 0;  // since the start, as what follows
  std::uint64_t moved_bytes = 0;
  std::uint64_t compactions = 0;  // that were asked for
  std::string why;                // nothing moves though something should; empty otherwise
};

// Lives on one (background) shard, `status` and `stop` apart, which are for any thread.
class InlineMover {
 public:
  // `service` is of that shard, has RecentReads and outlives the mover.
  static std::unique_ptr<InlineMover> make(Service& service, InlineMoverOptions options);
  virtual ~InlineMover() = default;
  // A bounded piece of work, one at a time; how long to wait before the next. Whatever it was cut
  // off in, each body is in one place.
  virtual io::Task<Instant::duration> step() = 0;
  virtual InlineMoverStatus status() const = 0;
  // A step that runs ends soon.
  virtual void stop() = 0;
};

}  // namespace lapis::blob
