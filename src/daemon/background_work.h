// BackgroundWork: drives the reclaimer on the background shard, once a second, and the expiry of
// uncommitted blocks once an hour.
#pragma once

#include <atomic>

#include "lapis/blob/reclaimer.h"
#include "lapis/io/shard.h"

namespace lapis::daemon {

class BackgroundWork {
 public:
  // Starts at once. Both references outlive the object; `service` belongs to `shard`.
  BackgroundWork(io::Shard& shard, blob::Service& service);
  // Ends after the pass that runs; from a thread that is no shard.
  void stop();

 private:
  io::Task<void> start();
  io::Task<void> run();
  io::Task<void> finish();

  io::Shard& shard_;
  const Clock& clock_;
  blob::Reclaimer reclaimer_;
  io::TaskGroup tasks_;  // lives on shard_
  std::atomic<bool> stopping_ = false;
  bool stopped_ = false;
};

}  // namespace lapis::daemon
