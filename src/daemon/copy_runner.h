// CopyRunner: works on copies that are pending (lapis/blob/pending_copies.h) on one shard.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "lapis/blob/pending_copy.h"
#include "lapis/io/shard.h"
#include "lapis/io/task_group.h"

namespace lapis::daemon {

class CopyRunner {
 public:
  // Starts at once. All references outlive the object; `service`, which has the copies, and
  // `sources` belong to `shard`. `at_once`: how many copies. One of all runners `resumes` what the
  // store holds.
  CopyRunner(io::Shard& shard, blob::Service& service, blob::CopySources& sources,
             std::size_t at_once, bool resumes);
  // Copies that are under way break off where the sources have stopped, and are waited for; from a
  // thread that is no shard.
  void stop();

 private:
  io::Task<void> start();
  io::Task<void> run();
  io::Task<void> resume();
  io::Task<void> copy(blob::PendingCopies::Taken taken);
  void break_off_aborted();
  io::Task<void> finish();

  io::Shard& shard_;
  blob::Service& service_;
  blob::CopySources& sources_;
  const std::size_t at_once_;
  const bool resumes_;
  std::vector<std::shared_ptr<blob::CopyProgress>> running_;
  std::atomic<bool> stopping_ = false;
  bool stopped_ = false;
  io::TaskGroup tasks_;  // lives on shard_
};

}  // namespace lapis::daemon
