// An environment for RocksDB whose disk loses power, fails or holds a sync to order. Data that was
// written and not synced is lost by `drop_unsynced`; names are not (RocksDB's directory syncs are
// its own affair).
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace lapis::storage {

// Thread-safe. Files named *.log are RocksDB's write-ahead log: the faults are in its operations.
class FaultyDisk {
 public:
  // The n-th append to, or sync of, the log from now fails; where power is cut, so does every
  // write and sync of every file from there on.
  void fail_append(int n) { set(fail_append_, n); }
  void fail_sync(int n) { set(fail_sync_, n); }
  void cut_power_at_sync(int n) { set(cut_at_sync_, n); }
  void cut_power() {
    const std::lock_guard lock(mutex_);
    powerless_ = true;
  }

  // The next sync of the log waits until `release`.
  void hold_sync() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
    held_ = false;
  }
  // Whether a sync has come to wait, within ten seconds.
  bool wait_for_held_sync() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return held_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    changed_.notify_all();
  }

  // What a power cut leaves: every file is cut back to its synced length.
  void drop_unsynced() {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, file] : files_) {
      std::error_code gone;
      const auto size = std::filesystem::file_size(name, gone);
      if (!gone && size > file.synced) std::filesystem::resize_file(name, file.synced);
    }
  }

  // For the files.
  rocksdb::IOStatus appending(const std::string& name, std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (powerless_) return off();
    if (is_log(name) && fail_append_ != 0 && --fail_append_ == 0) {
      return rocksdb::IOStatus::NoSpace("injected");
    }
    files_[name].written += size;
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus syncing(const std::string& name) {
    std::unique_lock lock(mutex_);
    if (is_log(name) && holding_) {
      held_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !holding_; });
    }
    if (is_log(name) && cut_at_sync_ != 0 && --cut_at_sync_ == 0) powerless_ = true;
    if (powerless_) return off();
    if (is_log(name) && fail_sync_ != 0 && --fail_sync_ == 0) {
      return rocksdb::IOStatus::IOError("injected");
    }
    files_[name].synced = files_[name].written;
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus truncating(const std::string& name, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    if (powerless_) return off();
    files_[name].written = size;
    files_[name].synced = std::min(files_[name].synced, size);
    return rocksdb::IOStatus::OK();
  }
  void opened(const std::string& name) {
    const std::lock_guard lock(mutex_);
    files_[name] = {};
  }
  void renamed(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    if (const auto it = files_.find(from); it != files_.end()) {
      files_[to] = it->second;
      files_.erase(it);
    }
  }

 private:
  struct Written {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };
  static bool is_log(const std::string& name) { return name.ends_with(".log"); }
  static rocksdb::IOStatus off() { return rocksdb::IOStatus::IOError("power is off"); }
  void set(int& counter, int n) {
    const std::lock_guard lock(mutex_);
    counter = n;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Written> files_;
  int fail_append_ = 0;
  int fail_sync_ = 0;
  int cut_at_sync_ = 0;
  bool powerless_ = false;
  bool holding_ = false;
  bool held_ = false;
};

class FaultyWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyWritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyDisk& disk,
                     std::string name)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), name_(std::move(name)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.appending(name_, data.size());
    return status.ok() ? target()->Append(data, options, debug) : status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.syncing(name_);
    return status.ok() ? target()->Sync(options, debug) : status;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.truncating(name_, size);
    return status.ok() ? target()->Truncate(size, options, debug) : status;
  }

 private:
  FaultyDisk& disk_;
  std::string name_;
};

class FaultyRocksFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyRocksFiles(FaultyDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

  const char* Name() const override { return "FaultyRocksFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = target()->NewWritableFile(name, options, result, debug);
    if (!status.ok()) return status;
    disk_.opened(name);
    *result = std::make_unique<FaultyWritableFile>(std::move(*result), disk_, name);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = target()->RenameFile(from, to, options, debug);
    if (status.ok()) disk_.renamed(from, to);
    return status;
  }

 private:
  FaultyDisk& disk_;
};

// A disk and RocksDB's view of it.
struct FaultyRocksEnv {
  FaultyDisk disk;
  std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<FaultyRocksFiles>(disk));
};

}  // namespace lapis::storage
