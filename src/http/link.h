// A connection and its time limits: what it is waiting for, until when, and whether the other side
// moves enough. No timer an operation: limits are noted here, and the shard's sweeper looks at all
// links several times a second.
#pragma once

#include <chrono>
#include <cstdint>

#include "http/transport.h"
#include "lapis/base/clock.h"
#include "lapis/http/server.h"
#include "lapis/io/task.h"

namespace lapis::http {

// The shard's time as of the sweeper's last turn, at most `step` ago: free to read.
struct CoarseTime {
  Instant now;
  std::chrono::milliseconds step{100};
};

enum class Wait : std::uint8_t { kNothing, kHandshake, kIdle, kHead, kBody, kSend, kClosing };

// Lives on one shard, in a session. Constructor references outlive it.
class Link {
 public:
  // A body has to move at least this much in each stall_timeout of waiting for the peer.
  static constexpr std::uint64_t kStallBytes = 16 * 1024;

  Link(Transport& transport, const CoarseTime& time, const ServerOptions& options)
      : transport_(transport), time_(time), stall_timeout_(options.stall_timeout) {}

  // From now on the peer is waited for, at most for `limit` (never less, by up to two steps more).
  void expect(Wait what, std::chrono::milliseconds limit);
  // The peer is not waited for.
  void relax() { wait_ = Wait::kNothing; }
  Wait waiting_for() const { return wait_; }
  // True from when a limit has passed.
  bool timed_out() const { return timed_out_; }
  // The sweeper's: ends what waits too long. A head or body ends as if the peer had closed, so that
  // the session can still answer; anything else ends with the connection.
  void sweep(Instant now);
  void abort() { transport_.abort(); }

  // A body, or a response, begins: it has a whole stall_timeout.
  void begin_transfer();
  // Reads some bytes of a body.
  io::Task<IoResult> read_body(MutableBytes into);
  // Writes what goes without waiting and takes it off `pieces`; false where the connection is gone.
  bool write_now(Pieces& pieces);
  // Writes all of `pieces`; false where the connection is gone or was too slow.
  io::Task<bool> write(Pieces pieces);

  Transport& transport() { return transport_; }
  // Bytes handed to the transport so far.
  std::uint64_t written() const { return written_; }

 private:
  void expect_progress(Wait what);
  void progressed(std::size_t bytes);

  Transport& transport_;
  const CoarseTime& time_;
  const std::chrono::milliseconds stall_timeout_;
  Wait wait_ = Wait::kNothing;
  bool timed_out_ = false;
  Instant deadline_;
  Instant wait_began_;
  std::uint64_t written_ = 0;
  std::uint64_t moved_ = 0;        // since the allowance was whole
  Instant::duration allowance_{};  // of waiting that is left of a stall_timeout
};

}  // namespace lapis::http
