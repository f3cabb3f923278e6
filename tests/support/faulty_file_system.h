// FaultyFileSystem: a file system in memory whose operations fail when told to, and whose disk
// loses what was not synced when its power is cut. Stricter than any real one: a file's name is
// durable only after sync_directory, its content only after datasync or sync, and a sync covers
// nothing else.
//
//   FaultyFileSystem files(1 << 30, seed);
//   files.fail({.op = FileOp::kDatasync, .nth = 3});
//   ... run, expect errors ...
//   files.cut_power();                          // or cut_power_at(n): before the n-th operation
//   files.restore_power(Unsynced::kSomeSectors);  // what was open stays dead
//   ... open again, verify ...
//
// Data operations complete through the executor that awaits them, later and not always in order.
#pragma once

#include <algorithm>
#include <coroutine>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/io/executor.h"
#include "lapis/io/file.h"
#include "support/fault_plan.h"
#include "support/simulated_file.h"

namespace lapis::test {

// Thread-safe. Outlives the files that it opened.
class FaultyFileSystem final : public io::FileSystem {
 public:
  using Path = std::filesystem::path;

  explicit FaultyFileSystem(std::uint64_t capacity = 1ull << 40, std::uint64_t seed = 1)
      : capacity_(capacity), random_(seed) {}

  // --- faults ---
  void fail(Fault fault) {
    const std::lock_guard lock(mutex_);
    faults_.add(std::move(fault));
  }
  void clear_faults() {
    const std::lock_guard lock(mutex_);
    faults_.clear();
  }
  // How many operations of the kind were asked for, failed ones included.
  std::uint64_t count(FileOp op) const {
    const std::lock_guard lock(mutex_);
    return faults_.count(op);
  }
  // Operations of all kinds so far: the range of cut_power_at.
  std::uint64_t operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
  }
  void set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    capacity_ = bytes;
  }
  // From now on everything fails with EIO.
  void cut_power() {
    const std::lock_guard lock(mutex_);
    has_power_ = false;
  }
  // The same, just before the `nth` operation from now (1 is the next).
  void cut_power_at(std::uint64_t nth) {
    const std::lock_guard lock(mutex_);
    cut_at_ = operations_ + nth;
  }
  bool has_power() const {
    const std::lock_guard lock(mutex_);
    return has_power_;
  }
  // The disk as the cut left it. Files opened before fail for ever.
  void restore_power(Unsynced unsynced = Unsynced::kLost) {
    const std::lock_guard lock(mutex_);
    if (unsynced == Unsynced::kKept) durable_names_ = names_;
    names_ = durable_names_;
    std::set<SimulatedFile*> seen;
    for (const auto& [name, file] : names_) {
      if (seen.insert(file.get()).second) file->lose_power(unsynced, random_);
    }
    ++boots_;
    cut_at_ = 0;
    has_power_ = true;
  }
  void flip_bit(const Path& path, std::uint64_t bit) {
    const std::lock_guard lock(mutex_);
    names_.at(key(path))->flip_bit(bit);
  }

  // --- FileSystem ---
  Result<std::unique_ptr<io::File>> open(const Path& path, io::OpenOptions options) override;
  Result<std::string> read_file(const Path& path, std::size_t max_bytes) override;
  Result<void> replace_file(const Path& path, std::string_view content) override;
  Result<void> make_directories(const Path& path) override;
  Result<void> sync_directory(const Path& path) override;
  Result<void> remove(const Path& path) override;
  Result<std::vector<std::string>> list(const Path& path) override;
  Result<bool> exists(const Path& path) override;
  Result<io::DiskSpace> space(const Path& path) override;

 private:
  friend class FaultyFile;
  using FilePtr = std::shared_ptr<SimulatedFile>;
  using Names = std::map<std::string, FilePtr>;

  static std::string key(const Path& path) {
    const Path normal = path.lexically_normal();
    return (normal.has_filename() ? normal : normal.parent_path()).string();
  }
  static std::string directory_of(const std::string& name) { return Path(name).parent_path(); }

  // All below: with the lock held.
  // Counts an operation; the Error with which it fails, if it does.
  std::optional<Error> refuses(FileOp op, const std::string& name) {
    ++operations_;
    if (cut_at_ != 0 && operations_ >= cut_at_) has_power_ = false;
    std::optional<int> error = faults_.next(op, name);
    if (!has_power_) error = EIO;
    if (!error) return std::nullopt;
    return io::from_errno(*error, "simulated fault at " + name);
  }
  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const auto& [name, file] : names_) sum += file->size();
    return sum;
  }
  bool fits(const SimulatedFile& file, std::uint64_t new_size) const {
    return new_size <= file.size() || used() + (new_size - file.size()) <= capacity_;
  }

  mutable std::mutex mutex_;
  std::uint64_t capacity_;
  std::mt19937_64 random_;
  FaultPlan faults_;
  Names names_;
  Names durable_names_;
  std::set<std::string> directories_{"/", "."};
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = 0;
  std::uint64_t boots_ = 0;
  bool has_power_ = true;
};

// One open file of a FaultyFileSystem.
class FaultyFile final : public io::File {
 public:
  FaultyFile(FaultyFileSystem& files, std::string name, FaultyFileSystem::FilePtr content,
             io::OpenOptions options)
      : files_(files),
        name_(std::move(name)),
        content_(std::move(content)),
        options_(options),
        boot_(files.boots_) {}

  io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
    if (options_.uncached_reads) check_alignment(offset, into);
    co_await somewhat_later();
    const std::lock_guard lock(files_.mutex_);
    if (auto error = refuses(FileOp::kRead)) co_return fail(*std::move(error));
    co_return content_->read(offset, into);
  }

  // A write that fails may have reached the disk in part: the first half is written.
  io::Task<Result<void>> write_at(std::uint64_t offset, Bytes data) override {
    if (options_.direct) check_alignment(offset, data);
    co_await somewhat_later();
    const std::lock_guard lock(files_.mutex_);
    if (!options_.writable) co_return fail(io::from_errno(EBADF, name_));
    if (auto error = refuses(FileOp::kWrite)) {
      if (is_alive()) content_->write(offset, first_half(data));
      co_return fail(*std::move(error));
    }
    if (!files_.fits(*content_, offset + data.size())) co_return fail(full());
    content_->write(offset, data);
    co_return Result<void>{};
  }

  io::Task<Result<void>> datasync() override {
    co_await somewhat_later();
    const std::lock_guard lock(files_.mutex_);
    co_return sync_as(FileOp::kDatasync);
  }

  Result<std::uint64_t> size() override {
    const std::lock_guard lock(files_.mutex_);
    if (!is_alive()) return fail(io::from_errno(EIO, name_));
    return content_->size();
  }

  Result<void> allocate(std::uint64_t length) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto error = refuses(FileOp::kAllocate)) return fail(*std::move(error));
    if (!files_.fits(*content_, length)) return fail(full());
    content_->grow(length);
    return {};
  }

  Result<void> sync() override {
    const std::lock_guard lock(files_.mutex_);
    return sync_as(FileOp::kSync);
  }

 private:
  struct Hop {
    io::Executor* executor;
    bool await_ready() const noexcept { return executor == nullptr; }
    void await_suspend(std::coroutine_handle<> handle) const {
      executor->post([handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };

  // One to three turns of the executor, so that operations in flight together end in any order.
  io::Task<void> somewhat_later() {
    std::uint64_t hops = 1;
    {
      const std::lock_guard lock(files_.mutex_);
      hops += files_.random_() % 3;
    }
    for (; hops > 0; --hops) co_await Hop{io::Executor::current()};
  }

  bool is_alive() const { return files_.has_power_ && boot_ == files_.boots_; }

  std::optional<Error> refuses(FileOp op) {
    std::optional<Error> error = files_.refuses(op, name_);
    if (!error && !is_alive()) error = io::from_errno(EIO, "opened before the power cut: " + name_);
    return error;
  }

  Result<void> sync_as(FileOp op) {
    if (auto error = refuses(op)) {
      if (is_alive()) content_->fail_sync();
      return fail(*std::move(error));
    }
    content_->sync();
    return {};
  }

  Error full() const { return io::from_errno(ENOSPC, name_); }

  static Bytes first_half(Bytes data) {
    return data.first(data.size() / 2 / SimulatedFile::kSector * SimulatedFile::kSector);
  }

  void check_alignment(std::uint64_t offset, Bytes data) const {
    const auto address = reinterpret_cast<std::uintptr_t>(data.data());
    LAPIS_CHECK((offset | data.size() | address) % io::kIoAlignment == 0);
  }

  FaultyFileSystem& files_;
  const std::string name_;
  const FaultyFileSystem::FilePtr content_;
  const io::OpenOptions options_;
  const std::uint64_t boot_;
};

inline Result<std::unique_ptr<io::File>> FaultyFileSystem::open(const Path& path,
                                                                io::OpenOptions options) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kOpen, name)) return lapis::fail(*std::move(error));
  auto found = names_.find(name);
  if (options.create_new) {
    if (found != names_.end()) return lapis::fail(io::from_errno(EEXIST, name));
    if (!directories_.contains(directory_of(name))) {
      return lapis::fail(io::from_errno(ENOENT, name));
    }
    found = names_.emplace(name, std::make_shared<SimulatedFile>()).first;
  }
  if (found == names_.end()) return lapis::fail(io::from_errno(ENOENT, name));
  return std::make_unique<FaultyFile>(*this, name, found->second, options);
}

inline Result<std::string> FaultyFileSystem::read_file(const Path& path, std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kRead, name)) return lapis::fail(*std::move(error));
  const auto found = names_.find(name);
  if (found == names_.end()) return lapis::fail(io::from_errno(ENOENT, name));
  if (found->second->size() > max_bytes) return lapis::fail(io::from_errno(EFBIG, name));
  std::string content(static_cast<std::size_t>(found->second->size()), '\0');
  found->second->read(0, std::as_writable_bytes(std::span(content)));
  return content;
}

inline Result<void> FaultyFileSystem::replace_file(const Path& path, std::string_view content) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kReplace, name)) return lapis::fail(*std::move(error));
  if (!directories_.contains(directory_of(name))) return lapis::fail(io::from_errno(ENOENT, name));
  if (used() + content.size() > capacity_) return lapis::fail(io::from_errno(ENOSPC, name));
  auto file = std::make_shared<SimulatedFile>();
  file->write(0, as_bytes(content));
  file->sync();
  names_[name] = file;
  durable_names_[name] = std::move(file);
  return {};
}

inline Result<void> FaultyFileSystem::make_directories(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kMakeDirectories, name)) return lapis::fail(*std::move(error));
  for (Path made = name; directories_.insert(made.string()).second; made = made.parent_path()) {
    if (made.empty()) break;
  }
  return {};
}

inline Result<void> FaultyFileSystem::sync_directory(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kSyncDirectory, name)) return lapis::fail(*std::move(error));
  if (!directories_.contains(name)) return lapis::fail(io::from_errno(ENOENT, name));
  const auto is_inside = [&](const auto& entry) { return directory_of(entry.first) == name; };
  std::erase_if(durable_names_, is_inside);
  for (const auto& entry : names_) {
    if (is_inside(entry)) durable_names_.insert(entry);
  }
  return {};
}

inline Result<void> FaultyFileSystem::remove(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (auto error = refuses(FileOp::kRemove, name)) return lapis::fail(*std::move(error));
  if (names_.erase(name) == 0) return lapis::fail(io::from_errno(ENOENT, name));
  return {};
}

inline Result<std::vector<std::string>> FaultyFileSystem::list(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (!has_power_) return lapis::fail(io::from_errno(EIO, name));
  if (!directories_.contains(name)) return lapis::fail(io::from_errno(ENOENT, name));
  std::set<std::string> found;
  const auto add = [&](const std::string& entry) {
    if (entry != name && directory_of(entry) == name) found.insert(Path(entry).filename());
  };
  for (const auto& [entry, file] : names_) add(entry);
  for (const std::string& entry : directories_) add(entry);
  return std::vector<std::string>(found.begin(), found.end());
}

inline Result<bool> FaultyFileSystem::exists(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = key(path);
  if (!has_power_) return lapis::fail(io::from_errno(EIO, name));
  return names_.contains(name) || directories_.contains(name);
}

inline Result<io::DiskSpace> FaultyFileSystem::space(const Path& path) {
  const std::lock_guard lock(mutex_);
  if (!has_power_) return lapis::fail(io::from_errno(EIO, key(path)));
  const std::uint64_t taken = used();
  return io::DiskSpace{.total_bytes = capacity_,
                       .available_bytes = capacity_ - std::min(taken, capacity_)};
}

}  // namespace lapis::test
