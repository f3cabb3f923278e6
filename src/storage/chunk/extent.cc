#include "storage/chunk/extent.h"

namespace lapis::storage {

Extent::Extent(Identity identity, ExtentRow row, std::unique_ptr<io::File> reader,
               std::size_t slots, Chore& reclaim)
    : identity_(identity),
      reader_(std::move(reader)),
      slots_(slots),
      reclaim_(reclaim),
      state_(row.state),
      generation_(row.generation),
      recorded_(row.state),
      pins_(std::make_unique<std::atomic<std::uint32_t>[]>(slots)) {}

void Extent::remove_live(std::int64_t bytes) {
  live_bytes_.fetch_sub(bytes);
  if (looks_dead()) reclaim_.poke();
}

void Extent::seal() {
  ExtentState expected = ExtentState::kOpen;
  if (state_.compare_exchange_strong(expected, ExtentState::kSealed)) reclaim_.poke();
}

bool Extent::mark_failed() {
  if (state_.exchange(ExtentState::kFailed) == ExtentState::kFailed) return false;
  reclaim_.poke();
  return true;
}

bool Extent::looks_dead() const {
  return state() == ExtentState::kSealed && walkable_.load() && live_bytes() <= 0 && !is_pinned();
}

void Extent::open() {
  recorded_ = ExtentState::kOpen;
  state_.store(ExtentState::kOpen);
}

void Extent::restart() {
  live_bytes_.store(0);
  recorded_ = ExtentState::kFree;
  state_.store(ExtentState::kFree);
}

bool Extent::is_pinned() const {
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    if (pins_[slot].load() != 0) return true;
  }
  return false;
}

ExtentPin::~ExtentPin() {
  if (extent_ == nullptr) return;
  extent_->pins_[slot_].fetch_sub(1);
  if (extent_->looks_dead()) extent_->reclaim_.poke();
}

}  // namespace lapis::storage
