// PathState: one directory of a pool as every shard sees it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "lapis/storage/local_chunk_store.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/extent_table.h"
#include "storage/chunk/frame.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

struct PathSettings {
  PathId id;
  std::filesystem::path directory;
  std::string pool;
  PoolClass pool_class = PoolClass::kFlash;
  std::uint64_t extent_bytes = 0;
  std::uint64_t min_free_bytes = 0;
  std::uint64_t most_bytes = 0;  // that all extents may take; 0: no limit but the disk's
  double fill_share = 1;         // see PoolOptions
};

// <directory>/extents, and the file of one extent in it.
std::filesystem::path extents_directory(const std::filesystem::path& directory);
std::filesystem::path extent_file(const std::filesystem::path& directory, ExtentId id);

// Thread-safe.
class PathState {
 public:
  explicit PathState(PathSettings settings) : settings_(std::move(settings)) {}

  const PathSettings& settings() const { return settings_; }
  ExtentTable& extents() { return extents_; }
  const ExtentTable& extents() const { return extents_; }

  // The longest frame that fits an extent.
  std::uint64_t max_frame_bytes() const { return settings_.extent_bytes - kExtentHeaderBytes; }
  // The longest chunk written here: a quarter of an extent, so that little is left over at its end.
  std::uint64_t max_chunk_length() const {
    return std::min(kMaxChunkLength, settings_.extent_bytes / 4);
  }

  PathStatus status() const;
  bool is_writable() const { return status() == PathStatus::kOnline; }

  // A write, a sync or the making of an extent failed with an I/O error. Three make the path fail.
  void note_failure(const Error& error);
  // An operator says that the disk is well again.
  void clear_failures();

  // What the operator wants of it; its row says the same.
  PathMode mode() const { return mode_.load(); }
  void set_mode(PathMode mode) { mode_.store(mode); }

  // Its directory is there and ours: it holds the lock, and what rows name can be read.
  bool is_present() const { return present_.load(); }
  void set_present();
  // `why` is said in the log where it is news.
  void set_missing(const std::string& why);
  // Given up, and let go.
  void set_retired();

  // Why it is missing, or how it failed.
  std::string problem() const;

  // Beside what is to stay free; as of the last look.
  std::uint64_t available_bytes() const { return available_bytes_.load(); }
  void set_available_bytes(std::uint64_t bytes) { available_bytes_.store(bytes); }
  // What of the disk's free space is Lapis's to take.
  std::uint64_t takeable_bytes(std::uint64_t free_bytes) const {
    const std::uint64_t left = free_bytes - std::min(free_bytes, settings_.min_free_bytes);
    if (settings_.most_bytes == 0) return left;
    const std::uint64_t made = extents_.size() * settings_.extent_bytes;
    return std::min(left, settings_.most_bytes - std::min(settings_.most_bytes, made));
  }
  std::uint64_t capacity_bytes() const { return capacity_bytes_.load(); }
  void set_capacity_bytes(std::uint64_t bytes) { capacity_bytes_.store(bytes); }
  // What new and recycled extents could take; open extents' rooms come on top.
  std::uint64_t room_bytes() const { return room_bytes_.load(); }
  void set_room_bytes(std::uint64_t bytes) { room_bytes_.store(bytes); }
  // New bytes had better go elsewhere: it is filled up to its share.
  bool is_filled() const { return filled_.load(); }
  void set_used_extents(std::uint64_t used) {
    const auto extent = static_cast<double>(settings_.extent_bytes);
    const double size = static_cast<double>(extents_.size()) * extent +
                        static_cast<double>(available_bytes_.load());
    filled_.store(settings_.fill_share < 1 &&
                  static_cast<double>(used + kSpare) * extent > settings_.fill_share * size);
  }

 private:
  static constexpr unsigned kMaxFailures = 3;
  // Extents below its share at which a path is filled: one that is made ready, the one after it,
  // and two that sparse extents are emptied into.
  static constexpr std::uint64_t kSpare = 4;

  const PathSettings settings_;
  ExtentTable extents_;
  std::atomic<unsigned> failures_ = 0;
  std::atomic<PathMode> mode_ = PathMode::kNormal;
  std::atomic<bool> present_ = true;
  mutable std::mutex mutex_;  // of `problem_`
  std::string problem_;
  std::atomic<std::uint64_t> available_bytes_ = 0;
  std::atomic<std::uint64_t> capacity_bytes_ = 0;
  std::atomic<std::uint64_t> room_bytes_ = 0;
  std::atomic<bool> filled_ = false;
};

}  // namespace lapis::storage
