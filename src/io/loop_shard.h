// The shard: see lapis/io/shard.h for what it promises. One loop turn runs what Asio has ready (a
// bounded amount), what was posted, hands queued file operations to the kernel and takes their
// completions; the thread sleeps in Asio only after a turn that found nothing.
//
// Why no wake-up is lost: work posted from elsewhere and file completions both raise the ring's
// eventfd, the work after it has been queued. Its read is armed before the thread sleeps, and where
// it was armed already, what completed it is looked for in the same turn.
//
// Nothing of Asio is called from another thread: its io_uring back end would submit the shard's
// socket operations there, and their completions would wait for that thread.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "io/file_ring.h"
#include "io/post_queue.h"
#include "lapis/io/shard.h"
#include "lapis/io/unique_fd.h"

namespace lapis::io {

class LoopShard final : public Shard {
 public:
  LoopShard(const ShardOptions& options, const Clock& clock);
  ~LoopShard() override;

  // Starts the thread and waits until its loop is ready or could not be set up.
  Result<void> start_thread();

  void post(Work work) override;
  unsigned index() const override { return options_.index; }
  BufferPool& buffers() override;
  TaskGroup& tasks() override;
  Task<void> sleep(std::chrono::milliseconds delay) override;
  void run(Task<void> task) override;
  void stop() override;

  boost::asio::io_context& context() { return context_; }
  FileRing& ring() { return *ring_; }

 private:
  void thread_main(std::promise<Result<void>> ready);
  Result<void> set_up();
  void loop();
  bool run_ready();
  bool run_posted();
  void arm_event();
  void arm_tick();
  void wake();
  void tear_down();

  const ShardOptions options_;
  boost::asio::io_context context_;
  BufferPool buffers_;
  TaskGroup tasks_;
  PostQueue posted_;               // from other threads
  std::vector<Work> posted_here_;  // from the shard's own thread
  std::thread thread_;
  UniqueFd wake_fd_;  // raises the ring's eventfd; open until the thread has ended

  // Made and used on the shard's thread.
  std::unique_ptr<FileRing> ring_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::optional<boost::asio::posix::stream_descriptor> event_;
  std::optional<boost::asio::steady_timer> tick_;
  std::uint64_t event_count_ = 0;
  bool event_armed_ = false;
  bool tick_armed_ = false;
  bool stopping_ = false;
};

}  // namespace lapis::io
