// Keeps a number of connections busy with the requests of a plan, one at a time each (a closed
// loop), on one thread, and measures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "load/connection.h"
#include "load/latency_histogram.h"
#include "load/plan.h"
#include "load/usage.h"

namespace lapis::bench {

struct Measured {
  LatencyHistogram latency;    // from the first byte sent to the last received
  double seconds = 0;          // from the end of the warm-up to the last answer
  std::uint64_t received = 0;  // bytes of bodies
  std::uint64_t sent = 0;      // likewise
  std::uint64_t errors = 0;
  std::string first_error;
  std::uint64_t reconnects = 0;
  std::uint64_t next_serial = 0;
  Usage before;
  Usage after;
};

class Load {
 public:
  explicit Load(const Plan& plan);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Returns when every request that was begun has been answered.
  Measured run();

 private:
  void start_counting(std::uint64_t now);
  void connect(Connection& connection);
  void begin(Connection& connection, std::uint64_t now);
  void send(Connection& connection);
  void react(Connection& connection, unsigned events);
  void complete(Connection& connection);
  void fail_request(Connection& connection, const std::string& why);
  void next(Connection& connection, std::uint64_t now);
  bool may_begin(std::uint64_t now) const;
  std::size_t pick();

  const Plan& plan_;
  int poll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::size_t> serial_at_;  // in each head
  Measured measured_;
  std::uint64_t random_ = 0x9E3779B97F4A7C15;
  std::uint64_t begun_ = 0;
  std::size_t active_ = 0;
  bool counting_ = false;
  std::uint64_t counting_from_ = 0;
  std::uint64_t stop_at_ = 0;
  std::uint64_t last_answer_ = 0;
};

}  // namespace lapis::bench
