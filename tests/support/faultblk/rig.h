// Rig: some disks behind one power switch, with faults to order. What FUSE serves and the control
// socket steers. Thread-safe.
//
// Flushing one disk flushes that disk alone: with one cache for all, any flush would hide that
// another one is missing. From a cut until die() requests hang, as they do when the power is gone:
// a process that saw an error instead would take paths that no power cut takes. die() ends the
// waiting with EIO, so that the kernel lets go; restore() switches on again.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "support/faultblk/disk.h"
#include "support/faultblk/faults.h"

namespace lapis::faultblk {

struct Cut {
  CutMode mode = CutMode::kSubset;
  std::uint64_t seed = 0;
};

class Rig {
 public:
  Rig(std::size_t disks, std::uint64_t disk_bytes, std::uint64_t cache_bytes);

  std::size_t disks() const { return disks_.size(); }
  std::uint64_t disk_bytes() const { return disks_.front()->size(); }

  // Requests of the kernel. They return the bytes done (0 for a flush), or -errno.
  int read(std::size_t disk, std::uint64_t offset, std::span<std::byte> into);
  int write(std::size_t disk, std::uint64_t offset, std::span<const std::byte> from);
  int write_zeros(std::size_t disk, std::uint64_t offset, std::uint64_t length);
  int flush(std::size_t disk);

  // The power switch.
  void cut(Cut how);
  void cut_at_write(std::uint64_t writes, Cut how);  // at the writes-th from now, of any disk
  void die();
  void restore();

  // Faults.
  void fail(Operation operation, std::uint64_t one_in, std::uint64_t seed);
  void limit_faults_to(std::uint64_t from, std::uint64_t to);
  void delay(Operation operation, std::chrono::microseconds time);
  void lie_about_flushes(bool lie);
  bool flip_bit(std::size_t disk, std::uint64_t offset, unsigned bit);  // false: no such place
  void flush_all();

  // One line of name=value pairs.
  std::string status() const;

 private:
  enum class Power { kOn, kOff, kGone };

  // Sleeps for the fault's delay, waits while the power is off; true if the request is to fail.
  bool enter(std::unique_lock<std::mutex>& lock, Operation operation, std::uint64_t offset,
             std::uint64_t length);
  void cut_now(Cut how);

  mutable std::mutex mutex_;
  std::condition_variable power_changed_;
  std::vector<std::unique_ptr<Disk>> disks_;
  FaultRules faults_;
  Power power_ = Power::kOn;
  std::uint64_t writes_until_cut_ = 0;  // 0: no cut is armed
  Cut armed_;
  CutReport last_cut_;
  std::uint64_t cuts_ = 0;
  std::array<std::uint64_t, kOperations> requests_{};
};

}  // namespace lapis::faultblk
