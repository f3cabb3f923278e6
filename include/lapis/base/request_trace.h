// RequestTrace: what is noted of one request while it passes through the layers, for metrics and
// logs: when it began and was answered, and what it waited for in between. Plain memory of its
// connection, used again for each request; nothing is allocated and no clock is asked where nobody
// traces (a null pointer).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lapis/base/cycles.h"
#include "lapis/base/error.h"

namespace lapis {

enum class Phase : std::uint8_t {
  kAuthorize,  // locating, routing and authorising
  kReceive,    // waiting for the client's body
  kMetadata,   // waiting for a transaction, or for rows that are not in memory
  kData,       // writing and syncing a body, or reading one
  kSend,       // waiting for the client to take the answer
};
inline constexpr std::size_t kPhaseCount = 5;

// Lives on one shard, in a session.
struct RequestTrace {
  Cycles began = 0;     // the head had been read
  Cycles answered = 0;  // the first byte of the answer was ready
  Cycles ended = 0;     // the last one was with the kernel, or the connection had gone
  Cycles served = 0;    // from `began` to `answered`, without waiting for the client's body
  std::array<Cycles, kPhaseCount> spent{};
  Cycles attributed = 0;  // the sum of them

  // The gateway's: which row of its route table (none: no operation was found), by what the client
  // proved who it is, and how the request failed.
  std::optional<std::uint16_t> route;
  std::uint8_t credential = 0;
  std::optional<ErrorCode> error;

  void add(Phase phase, Cycles span) {
    spent[static_cast<std::size_t>(phase)] += span;
    attributed += span;
  }
};

// Counts the time until its end into a phase, without what timers inside it have counted. `trace`
// may be null.
class PhaseTimer {
 public:
  PhaseTimer(RequestTrace* trace, Phase phase) : trace_(trace), phase_(phase) {
    if (trace_ == nullptr) return;
    began_ = cycles_now();
    inner_ = trace_->attributed;
  }
  ~PhaseTimer() {
    if (trace_ == nullptr) return;
    const Cycles inner = trace_->attributed - inner_;
    trace_->add(phase_, cycles_between(inner, cycles_between(began_, cycles_now())));
  }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  RequestTrace* trace_;
  Phase phase_;
  Cycles began_ = 0;
  Cycles inner_ = 0;
};

}  // namespace lapis
