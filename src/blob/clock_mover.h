// ClockMover: see InlineMover.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "blob/clock_hand.h"
#include "blob/move_out.h"
#include "lapis/blob/inline_mover.h"

namespace lapis::blob {

class ClockMover final : public InlineMover {
 public:
  ClockMover(Service& service, InlineMoverOptions options);

  io::Task<Instant::duration> step() override;
  InlineMoverStatus status() const override;
  void stop() override { stopping_ = true; }

 private:
  using Duration = Instant::duration;

  // What was seen in one round of the hand.
  struct Round {
    Duration spent{};           // in steps; resting is no part of it
    std::uint64_t movable = 0;  // bodies that were not cold enough
    Duration longest_idle{};    // of those
    std::uint64_t moved = 0;
  };
  // What the hand has gone over since tables were rewritten, from where something moved on.
  struct Passed {
    storage::RewrittenRows rows{};
    std::uint64_t bytes = 0;
    std::uint64_t moved_bytes = 0;
  };

  void show(const storage::MetaSpace& space);
  void begin();
  void end();
  bool is_due_to_compact() const;
  io::Task<void> compact();
  io::Task<void> advance();
  std::vector<ShortBodyRow> cold_of(const RowPage& page);
  io::Task<bool> move(std::span<const ShortBodyRow> bodies);
  void end_round();
  void rest(std::string why, Duration time);
  Duration pause_since(Instant began) const;
  // What is still to move, where what moved already is rewritten.
  std::uint64_t left_bytes() const;
  void publish();

  Service& service_;
  const InlineMoverOptions options_;
  const Duration least_age_;
  ClockHand hand_;
  Duration age_;
  Round round_;
  Passed passed_;
  std::size_t batch_;  // bodies of one transaction
  Instant rests_until_{};
  Duration held_{};           // how long it rests where old rows are held
  std::string reported_;      // the last reason, which is not said again and again
  InlineMoverStatus status_;  // as it is worked on
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;  // guards what follows
  InlineMoverStatus shown_;
};

}  // namespace lapis::blob
