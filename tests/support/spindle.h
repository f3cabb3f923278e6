// Spindle: a hard disk's mechanics before a file system in memory. Requests to read are served one
// at a time; one that does not begin where the last ended costs a seek; of those that wait, the one
// that goes on from there is next, then the next one in one direction, as kernel and disk order
// them. It takes up the next request before the one that it has served is told of, and when all who
// were told before have asked for what they ask for next, however slow the processor is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "lapis/io/executor.h"
#include "support/forwarding_file_system.h"

namespace lapis::test {

// Thread-safe. Time passes for real, `kFaster` times as fast as on the disk that it stands for.
class Spindle {
 public:
  using Microseconds = std::chrono::duration<double, std::micro>;
  static constexpr Microseconds kSeek{8'000};
  static constexpr double kBytesPerMicrosecond = 200;
  static constexpr double kFaster = 10;
  static constexpr int kMostInARun = 16;  // then others that wait have their turn

  struct Served {
    std::uint64_t requests = 0;
    std::uint64_t seeks = 0;
    std::uint64_t bytes = 0;
    Microseconds busy{0};  // of the disk's own time
  };

  Spindle() : thread_([this] { serve(); }) {}
  ~Spindle() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // What has been served since the last call.
  Served take_served() {
    const std::lock_guard lock(mutex_);
    return std::exchange(served_, {});
  }

  // Awaitable: until the request has been served.
  auto request(std::string file, std::uint64_t offset, std::size_t bytes) {
    struct Awaiter {
      Spindle& spindle;
      Place place;
      Waiting waiting;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) {
        waiting.handle = handle;
        waiting.home = io::Executor::current();
        {
          const std::lock_guard lock(spindle.mutex_);
          spindle.queue_.emplace(std::move(place), waiting);
          ++spindle.arrived_;
        }
        spindle.changed_.notify_all();
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this, {std::move(file), offset}, {bytes, {}, nullptr}};
  }

 private:
  using Place = std::pair<std::string, std::uint64_t>;
  struct Waiting {
    std::size_t bytes = 0;
    std::coroutine_handle<> handle;
    io::Executor* home = nullptr;
  };

  void serve() {
    std::unique_lock lock(mutex_);
    std::optional<Waiting> at_hand;  // served, and its client not yet told
    while (true) {
      changed_.wait(lock, [&] { return stopping_ || at_hand || !queue_.empty(); });
      if (!at_hand && queue_.empty()) return;
      settle(lock, *(at_hand ? at_hand->home : queue_.begin()->second.home));
      std::optional<Waiting> next;
      Microseconds takes{0};
      if (!queue_.empty()) next = take_next(takes);
      if (at_hand) at_hand->home->post([handle = at_hand->handle] { handle.resume(); });
      at_hand = next;
      lock.unlock();
      std::this_thread::sleep_for(takes / kFaster);
      lock.lock();
    }
  }

  Waiting take_next(Microseconds& takes) {
    auto next = queue_.lower_bound(head_);
    const bool goes_on = next != queue_.end() && next->first == head_;
    run_ = goes_on ? run_ + 1 : 0;
    if (goes_on && run_ >= kMostInARun && queue_.size() > 1) {
      run_ = 0;
      ++next;
    }
    if (next == queue_.end()) next = queue_.begin();
    const Waiting waiting = next->second;
    const bool seeks = next->first != head_;
    head_ = {next->first.first, next->first.second + waiting.bytes};
    queue_.erase(next);
    takes = Microseconds((seeks ? kSeek.count() : 0) +
                         static_cast<double>(waiting.bytes) / kBytesPerMicrosecond);
    ++served_.requests;
    served_.seeks += seeks ? 1 : 0;
    served_.bytes += waiting.bytes;
    served_.busy += takes;
    return waiting;
  }

  // Until an executor has gone through all its work a few times without a request.
  void settle(std::unique_lock<std::mutex>& lock, io::Executor& executor) {
    constexpr int kQuietRounds = 4;
    std::uint64_t before = arrived_;
    for (int quiet = 0; quiet < kQuietRounds; ++quiet) {
      const std::uint64_t round = ++rounds_;
      lock.unlock();
      executor.post([this, round] {
        const std::lock_guard held(mutex_);
        done_round_ = round;
        changed_.notify_all();
      });
      lock.lock();
      changed_.wait(lock, [&] { return done_round_ == round; });
      if (std::exchange(before, arrived_) != arrived_) quiet = 0;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Place, Waiting> queue_;
  Place head_;
  int run_ = 0;
  std::uint64_t arrived_ = 0;     // requests, ever
  std::uint64_t rounds_ = 0;      // of the executor that were waited for,
  std::uint64_t done_round_ = 0;  // and the last one that is over
  Served served_;
  bool stopping_ = false;
  std::thread thread_;
};

class SpindleFileSystem final : public ForwardingFileSystem {
 public:
  // Files below `directory` lie on the disk.
  SpindleFileSystem(io::FileSystem& files, Path directory, Spindle& spindle)
      : ForwardingFileSystem(files), directory_(std::move(directory)), spindle_(spindle) {}

 private:
  class File final : public ForwardingFile {
   public:
    File(std::unique_ptr<io::File> file, std::string name, Spindle& spindle)
        : ForwardingFile(std::move(file)), name_(std::move(name)), spindle_(spindle) {}
    io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
      co_await spindle_.request(name_, offset, into.size());
      co_return co_await ForwardingFile::read_at(offset, into);
    }

   private:
    const std::string name_;
    Spindle& spindle_;
  };

  std::unique_ptr<io::File> wrap(const Path& path, std::unique_ptr<io::File> file) override {
    if (!path.string().starts_with(directory_.string())) return file;
    return std::make_unique<File>(std::move(file), path.string(), spindle_);
  }

  const Path directory_;
  Spindle& spindle_;
};

}  // namespace lapis::test
