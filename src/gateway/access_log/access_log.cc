#include "lapis/gateway/access_log.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "gateway/access_log/line.h"
#include "gateway/access_log/output.h"
#include "gateway/access_log/ring.h"
#include "lapis/base/log.h"

namespace lapis::gateway {
namespace {

constexpr std::string_view kLogComponent = "access-log";
// A write is begun when this much is gathered, or nothing is left to gather.
constexpr std::size_t kWriteBytes = 256 * 1024;
constexpr int kMaxTaken = 4096;
// How long the thread sleeps. Each time it wakes costs whatever ran on its core, so it wakes
// seldom: as often as keeps the rings from being more than a quarter full.
constexpr std::chrono::milliseconds kShortestPause{1};
constexpr std::chrono::milliseconds kLongestPause{48};
constexpr std::chrono::seconds kReportInterval{10};

// Signals are for the thread that waits for them.
void set_up_thread() {
  (void)::pthread_setname_np(::pthread_self(), "lapis-access");
  sigset_t all;
  ::sigfillset(&all);
  (void)::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

struct AccessLogShard::Memory {
  RecordMemory record;
};

AccessLogShard::AccessLogShard(std::size_t ring_bytes)
    : ring_(std::make_unique<RecordRing>(ring_bytes)), memory_(std::make_unique<Memory>()) {}
AccessLogShard::~AccessLogShard() = default;

void AccessLogShard::add(const http::RequestFacts& facts) {
  ring_->push(encode_record(facts, memory_->record));
}

AccessLog::AccessLog(std::filesystem::path path, std::unique_ptr<LogOutput> output,
                     const Clock& clock, CycleScale scale)
    : path_(std::move(path)),
      output_(std::move(output)),
      clock_(clock),
      scale_(scale),
      writer_(std::make_unique<LineWriter>()),
      lines_(std::make_unique<TextBuffer>()) {}

Result<std::unique_ptr<AccessLog>> AccessLog::open(const AccessLogOptions& options,
                                                   std::size_t shards, const Clock& clock,
                                                   CycleScale scale) {
  LAPIS_TRY(auto output, LogOutput::open(options.path));
  auto log = std::make_unique<AccessLog>(options.path, std::move(output), clock, scale);
  for (std::size_t i = 0; i < shards; ++i) {
    log->shards_.push_back(std::make_unique<AccessLogShard>(options.ring_bytes));
  }
  log->thread_ = std::thread(&AccessLog::run, log.get());
  return log;
}

AccessLog::~AccessLog() { stop(); }

Result<void> AccessLog::reopen() {
  LAPIS_TRY(auto output, LogOutput::open(path_));
  const std::lock_guard lock(mutex_);
  next_output_ = std::move(output);
  changed_.notify_one();
  return {};
}

void AccessLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

AccessLogStats AccessLog::stats() const {
  AccessLogStats stats{.lines = written_.load(std::memory_order_relaxed),
                       .dropped_failed = failed_.load(std::memory_order_relaxed)};
  for (const auto& shard : shards_) stats.dropped_full += shard->ring_->dropped();
  return stats;
}

void AccessLog::run() {
  set_up_thread();
  std::chrono::milliseconds pause = kLongestPause;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, pause, [this] { return stopping_ || next_output_; });
      last = stopping_;
      if (next_output_) output_ = std::move(next_output_);
    }
    pause = std::clamp(is_behind() ? pause / 2 : pause * 2, kShortestPause, kLongestPause);
    drain();
    report_drops();
  }
  while (drain()) {
  }
}

bool AccessLog::is_behind() const {
  return std::ranges::any_of(
      shards_, [](const auto& shard) { return shard->ring_->used() > shard->ring_->size() / 4; });
}

// Writes out what the rings hold; false where that was nothing.
bool AccessLog::drain() {
  const WallTime time{clock_.now(), cycles_now(), scale_};
  bool found = false;
  std::uint64_t lines = 0;
  for (const auto& shard : shards_) {
    const auto append = [&](Bytes record) {
      writer_->append(*lines_, decode_record(record), time);
      ++lines;
    };
    // Bounded, so that one busy shard does not keep the others waiting.
    for (int taken = 0; taken < kMaxTaken && shard->ring_->take(append); ++taken) {
      found = true;
      if (lines_->size() >= kWriteBytes) flush(std::exchange(lines, 0));
    }
  }
  flush(lines);
  return found;
}

void AccessLog::flush(std::uint64_t lines) {
  if (lines_->empty()) return;
  const std::size_t written = output_->write(lines_->view());
  const auto left = lines_->view().substr(written);
  const auto lost = static_cast<std::uint64_t>(std::ranges::count(left, '\n'));
  written_.fetch_add(lines - lost, std::memory_order_relaxed);
  failed_.fetch_add(lost, std::memory_order_relaxed);
  lines_->clear();
}

// Says now and then that lines are being lost, not for each.
void AccessLog::report_drops() {
  const AccessLogStats now = stats();
  const std::uint64_t lost = now.dropped_full + now.dropped_failed;
  if (lost == reported_ || clock_.instant() < next_report_) return;
  next_report_ = clock_.instant() + kReportInterval;
  log_warn(kLogComponent, "lines were dropped",
           {{"lines", lost - std::exchange(reported_, lost)},
            {"since_start_full", now.dropped_full},
            {"since_start_failed", now.dropped_failed},
            {"last_error", std::generic_category().message(output_->last_error())}});
}

}  // namespace lapis::gateway
