// BackgroundWork: drives the reclaimer and the placement hints on the background shard, twice a
// second, the expiry of uncommitted blocks once an hour, that of what is soft-deleted once a
// minute, the marks of the clock of leases every few seconds, the times of last access, and what
// moves short bodies out of the metadata.
#pragma once

#include <atomic>

#include "daemon/access_writer.h"
#include "daemon/time_marker.h"
#include "lapis/base/metrics.h"
#include "lapis/blob/inline_mover.h"
#include "lapis/blob/placement_hints.h"
#include "lapis/blob/reclaimer.h"
#include "lapis/io/shard.h"

namespace lapis::daemon {

class BackgroundWork {
 public:
  // Starts at once. All references outlive the object; `service` and `mover` belong to `shard`.
  BackgroundWork(io::Shard& shard, blob::Service& service, blob::InlineMover& mover);
  // Ends after the pass that runs; from a thread that is no shard.
  void stop();
  // What it has done so far; for any thread.
  blob::ReclaimStats totals() const;
  blob::HintStats hint_totals() const { return {hinted_blobs_.value(), hinted_chunks_.value()}; }
  AccessStats access_totals() const { return access_writer_.totals(); }

 private:
  io::Task<void> start();
  io::Task<void> run();
  io::Task<void> move_out();
  io::Task<void> mark_time();
  io::Task<void> write_accesses();
  io::Task<void> finish();
  io::Task<void> apply_hints();
  void publish();

  io::Shard& shard_;
  blob::Service& service_;
  const Clock& clock_;
  blob::Reclaimer reclaimer_;
  TimeMarker marker_;
  AccessWriter access_writer_;
  blob::InlineMover& mover_;
  io::TaskGroup tasks_;  // lives on shard_
  Counter released_entries_;
  Counter released_chunks_;
  Counter expired_uploads_;
  Counter swept_rows_;
  Counter expired_deletions_;
  Counter hinted_blobs_;
  Counter hinted_chunks_;
  std::atomic<bool> stopping_ = false;
  bool stopped_ = false;
};

}  // namespace lapis::daemon
