#include "support/faultblk/rig.h"

#include <cerrno>
#include <sstream>
#include <thread>

namespace lapis::faultblk {

Rig::Rig(std::size_t disks, std::uint64_t disk_bytes, std::uint64_t cache_bytes) {
  for (std::size_t i = 0; i < disks; ++i) {
    disks_.push_back(std::make_unique<Disk>(disk_bytes, cache_bytes));
  }
}

bool Rig::enter(std::unique_lock<std::mutex>& lock, Operation operation, std::uint64_t offset,
                std::uint64_t length) {
  lock.lock();
  if (const auto delay = faults_.delay(operation); delay.count() > 0) {
    lock.unlock();
    std::this_thread::sleep_for(delay);
    lock.lock();
  }
  power_changed_.wait(lock, [this] { return power_ != Power::kOff; });
  ++requests_[static_cast<std::size_t>(operation)];
  return power_ == Power::kGone || faults_.fails(operation, offset, length);
}

int Rig::read(std::size_t disk, std::uint64_t offset, std::span<std::byte> into) {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (enter(lock, Operation::kRead, offset, into.size())) return -EIO;
  if (offset >= disk_bytes()) return 0;
  into = into.first(std::min<std::uint64_t>(into.size(), disk_bytes() - offset));
  disks_[disk]->read(offset, into);
  return static_cast<int>(into.size());
}

int Rig::write(std::size_t disk, std::uint64_t offset, std::span<const std::byte> from) {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (enter(lock, Operation::kWrite, offset, from.size())) return -EIO;
  if (offset + from.size() > disk_bytes()) return -ENOSPC;
  disks_[disk]->write(offset, from);
  if (writes_until_cut_ > 0 && --writes_until_cut_ == 0) {
    cut_now(armed_);
    power_changed_.wait(lock, [this] { return power_ != Power::kOff; });
    return -EIO;  // never answered while it mattered
  }
  return static_cast<int>(from.size());
}

int Rig::write_zeros(std::size_t disk, std::uint64_t offset, std::uint64_t length) {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (enter(lock, Operation::kWrite, offset, length)) return -EIO;
  if (offset + length > disk_bytes()) return -ENOSPC;
  disks_[disk]->write_zeros(offset, length);
  return 0;
}

int Rig::flush(std::size_t disk) {
  std::unique_lock lock(mutex_, std::defer_lock);
  if (enter(lock, Operation::kFlush, 0, 0)) return -EIO;
  if (!faults_.lies_about_flushes()) disks_[disk]->flush();
  return 0;
}

void Rig::cut_now(Cut how) {
  std::mt19937_64 random(how.seed);
  last_cut_ = {};
  for (const auto& disk : disks_) {
    const CutReport report = disk->lose_power(how.mode, random);
    last_cut_.pending += report.pending;
    last_cut_.kept += report.kept;
    last_cut_.lost_sectors += report.lost_sectors;
  }
  power_ = Power::kOff;
  writes_until_cut_ = 0;
  ++cuts_;
}

void Rig::cut(Cut how) {
  const std::lock_guard lock(mutex_);
  if (power_ == Power::kOn) cut_now(how);
}

void Rig::cut_at_write(std::uint64_t writes, Cut how) {
  const std::lock_guard lock(mutex_);
  writes_until_cut_ = writes;
  armed_ = how;
}

void Rig::die() {
  const std::lock_guard lock(mutex_);
  power_ = Power::kGone;
  power_changed_.notify_all();
}

void Rig::restore() {
  const std::lock_guard lock(mutex_);
  power_ = Power::kOn;
  writes_until_cut_ = 0;
  power_changed_.notify_all();
}

void Rig::fail(Operation operation, std::uint64_t one_in, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  faults_.fail(operation, one_in, seed);
}

void Rig::limit_faults_to(std::uint64_t from, std::uint64_t to) {
  const std::lock_guard lock(mutex_);
  faults_.limit_to(from, to);
}

void Rig::delay(Operation operation, std::chrono::microseconds time) {
  const std::lock_guard lock(mutex_);
  faults_.delay(operation, time);
}

void Rig::lie_about_flushes(bool lie) {
  const std::lock_guard lock(mutex_);
  faults_.lie_about_flushes(lie);
}

bool Rig::flip_bit(std::size_t disk, std::uint64_t offset, unsigned bit) {
  const std::lock_guard lock(mutex_);
  if (disk >= disks_.size() || offset >= disk_bytes()) return false;
  disks_[disk]->flip_bit(offset, bit);
  return true;
}

void Rig::flush_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& disk : disks_) disk->flush();
}

std::string Rig::status() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t pending = 0, bytes = 0, written_back = 0;
  for (const auto& disk : disks_) {
    pending += disk->pending_writes();
    bytes += disk->pending_bytes();
    written_back += disk->written_back();
  }
  std::ostringstream out;
  out << "power="
      << (power_ == Power::kOn    ? "on"
          : power_ == Power::kOff ? "off"
                                  : "gone")
      << " reads=" << requests_[0] << " writes=" << requests_[1] << " flushes=" << requests_[2]
      << " pending=" << pending << " pending_bytes=" << bytes << " written_back=" << written_back
      << " injected=" << faults_.injected() << " cuts=" << cuts_
      << " cut_pending=" << last_cut_.pending << " cut_kept=" << last_cut_.kept
      << " cut_lost_sectors=" << last_cut_.lost_sectors;
  return out.str();
}

}  // namespace lapis::faultblk
