#include "daemon/copy_runner.h"

#include <utility>

#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr std::chrono::seconds kRest{1};  // after the store could not be read

}  // namespace

CopyRunner::CopyRunner(io::Shard& shard, blob::Service& service, blob::CopySources& sources,
                       std::size_t at_once, bool resumes)
    : shard_(shard), service_(service), sources_(sources), at_once_(at_once), resumes_(resumes) {
  shard_.run(start());
}

io::Task<void> CopyRunner::start() {
  tasks_.spawn(run());
  co_return;
}

io::Task<void> CopyRunner::run() {
  if (resumes_) co_await resume();
  while (!stopping_.load(std::memory_order_relaxed)) {
    break_off_aborted();
    while (running_.size() < at_once_) {
      auto taken = service_.copies->take(service_.clock.instant());
      if (!taken) break;
      running_.push_back(taken->progress);
      tasks_.spawn(copy(*std::move(taken)));
    }
    co_await shard_.sleep(kPause);
  }
}

io::Task<void> CopyRunner::resume() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    const auto resumed = co_await blob::resume_pending_copies(service_);
    if (resumed) co_return;
    log_error("blob", "pending copies wait, as the store cannot be read",
              {{"error", to_string(resumed.error())}});
    co_await shard_.sleep(kRest);
  }
}

io::Task<void> CopyRunner::copy(blob::PendingCopies::Taken taken) {
  const auto progress = taken.progress;
  co_await blob::run_pending_copy(service_, sources_, std::move(taken));
  std::erase(running_, progress);
}

// A source that is open and sends nothing would keep its turn until that is noticed.
void CopyRunner::break_off_aborted() {
  for (const auto& progress : running_) {
    if (progress->aborted.load() && progress->source != nullptr) progress->source->abort();
  }
}

io::Task<void> CopyRunner::finish() { co_await tasks_.close(); }

void CopyRunner::stop() {
  if (std::exchange(stopped_, true)) return;
  stopping_.store(true, std::memory_order_relaxed);
  shard_.run(finish());
}

}  // namespace lapis::daemon
