// Files and directories behind an interface that tests can make fail, slow down or cut the power
// of. Data operations are asynchronous and run on the file ring of the shard that awaits them;
// naming operations block and belong in start-up or on the blocking pool.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lapis/base/bytes.h"
#include "lapis/base/result.h"
#include "lapis/io/task.h"

namespace lapis::io {

// O_DIRECT alignment of offsets, lengths and memory.
inline constexpr std::size_t kIoAlignment = 4096;

// One open file. Thread-safe: any shard may use it; every operation must have ended before it is
// destroyed. Memory passed in stays valid and unchanged until completion.
class File {
 public:
  virtual ~File() = default;

  // Reads up to `into.size()` bytes through the page cache; fewer only at the end of the file.
  // In a file opened with `uncached_reads` past it: offset, length and memory are
  // kIoAlignment-aligned.
  virtual Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) = 0;
  // Writes all of `data`. Completion means that the kernel has it, not that it is durable: only
  // `datasync` promises that. A short write is continued, never reported as success.
  // In a file opened with `direct`, offset, length and memory are kIoAlignment-aligned.
  virtual Task<Result<void>> write_at(std::uint64_t offset, Bytes data) = 0;
  // fdatasync: what was written before the call began is durable when it completes. After an error
  // nothing written since the last success can be trusted, and the file must not be synced again.
  virtual Task<Result<void>> datasync() = 0;

  virtual Result<std::uint64_t> size() = 0;  // blocks
  virtual Result<void> allocate(
      std::uint64_t length) = 0;    // fallocate from 0; grows the file; blocks
  virtual Result<void> sync() = 0;  // fsync; blocks
};

struct OpenOptions {
  bool create_new = false;  // O_CREAT | O_EXCL
  bool writable = false;
  bool direct = false;  // writes bypass the page cache; ignored where the file system cannot
  bool uncached_reads = false;  // likewise reads: what they return is what the disk holds
};

struct DiskSpace {
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;
};

// Names on one machine's file systems. Every call blocks. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path,
                                             OpenOptions options) = 0;
  virtual Result<std::string> read_file(const std::filesystem::path& path,
                                        std::size_t max_bytes) = 0;
  // Writes a temporary sibling, syncs it, renames it over `path`, syncs the directory.
  virtual Result<void> replace_file(const std::filesystem::path& path,
                                    std::string_view content) = 0;
  virtual Result<void> make_directories(const std::filesystem::path& path) = 0;
  virtual Result<void> sync_directory(const std::filesystem::path& path) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& path) = 0;
  virtual Result<bool> exists(const std::filesystem::path& path) = 0;
  virtual Result<DiskSpace> space(const std::filesystem::path& path) = 0;
};

// The real file system, its data operations on the calling shard's liburing ring.
std::unique_ptr<FileSystem> make_uring_file_system();

// The Error for an errno: kInsufficientStorage for ENOSPC and EDQUOT, kServerBusy for EMFILE and
// ENFILE, else kInternalError; `what` goes into the detail.
Error from_errno(int error, std::string_view what);

}  // namespace lapis::io
