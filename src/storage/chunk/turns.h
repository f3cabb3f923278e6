// Turns: lets one task at a time through, in no particular order. For work that waits in the middle
// and must not be overtaken by its like.
#pragma once

#include <utility>

#include "lapis/io/task.h"
#include "storage/chunk/parking.h"

namespace lapis::storage {

// Lives on one executor.
class Turns {
 public:
  // Ends with the object.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ == nullptr) return;
      turns_->taken_ = false;
      turns_->waiting_.wake_all();
    }

   private:
    Turns* turns_;
  };

  io::Task<Turn> take() {
    while (taken_) co_await waiting_.park();
    taken_ = true;
    co_return Turn(*this);
  }

 private:
  bool taken_ = false;
  Parking waiting_;
};

}  // namespace lapis::storage
