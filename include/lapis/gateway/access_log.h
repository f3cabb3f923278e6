// AccessLog: one line of JSON for each request that has ended, with the columns of Azure's
// StorageBlobLogs (docs/operations.md). Shards leave records in rings of bounded size and go on; a
// thread of its own writes them out. What does not fit, or cannot be written, is dropped and
// counted: logging never makes a request wait or fail. No key and no signature is ever written.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/cycles.h"
#include "lapis/base/result.h"
#include "lapis/http/server.h"

namespace lapis::gateway {

class RecordRing;
class LogOutput;
class LineWriter;
class TextBuffer;

struct AccessLogOptions {
  std::filesystem::path path;           // "-": standard output
  std::size_t ring_bytes = 4ull << 20;  // of each shard; a power of two
};

struct AccessLogStats {
  std::uint64_t lines = 0;           // written
  std::uint64_t dropped_full = 0;    // their ring was full
  std::uint64_t dropped_failed = 0;  // they could not be written
};

// A shard's way in. `add` is called on that shard only.
class AccessLogShard {
 public:
  explicit AccessLogShard(std::size_t ring_bytes);
  ~AccessLogShard();
  void add(const http::RequestFacts& facts);

 private:
  friend class AccessLog;
  struct Memory;
  const std::unique_ptr<RecordRing> ring_;
  const std::unique_ptr<Memory> memory_;  // in which records are made
};

// Thread-safe.
class AccessLog {
 public:
  // Opens the file and starts the thread. Errors: a file that cannot be opened.
  static Result<std::unique_ptr<AccessLog>> open(const AccessLogOptions& options,
                                                 std::size_t shards, const Clock& clock,
                                                 CycleScale scale);
  // Starts nothing by itself: use `open`.
  AccessLog(std::filesystem::path path, std::unique_ptr<LogOutput> output, const Clock& clock,
            CycleScale scale);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  AccessLogShard& shard(std::size_t index) { return *shards_[index]; }
  AccessLogStats stats() const;

  // Opens the file of that name anew: it was renamed. Lines that still wait go to the new one.
  // Errors: it cannot be opened; the old one stays in use.
  Result<void> reopen();
  // Writes what is left, and ends the thread. No shard adds any more. Idempotent.
  void stop();

 private:
  void run();
  bool is_behind() const;
  bool drain();
  void flush(std::uint64_t lines);
  void report_drops();

  const std::filesystem::path path_;
  std::unique_ptr<LogOutput> output_;  // the thread's, once it runs
  const Clock& clock_;
  const CycleScale scale_;
  std::vector<std::unique_ptr<AccessLogShard>> shards_;
  const std::unique_ptr<LineWriter> writer_;  // the thread's, with what follows
  const std::unique_ptr<TextBuffer> lines_;
  std::uint64_t reported_ = 0;
  Instant next_report_{};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stopping_ = false;
  std::unique_ptr<LogOutput> next_output_;  // takes the place of output_
  std::thread thread_;
};

}  // namespace lapis::gateway
