// A timer that interrupts: for the client, which has no sweeper to look at its deadlines.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "lapis/io/shard.h"

namespace lapis::http {

// Lives on its shard.
class Alarm {
 public:
  virtual ~Alarm() = default;  // disarms
  // Calls `ring` after `delay`, unless armed anew or disarmed before.
  virtual void arm(std::chrono::milliseconds delay, std::move_only_function<void()> ring) = 0;
  virtual void disarm() = 0;
  // Rings at once, where it is armed.
  virtual void ring() = 0;

  static std::unique_ptr<Alarm> make(io::Shard& shard);
};

}  // namespace lapis::http
