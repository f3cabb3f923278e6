#include "storage/chunk/extent.h"

#include "lapis/base/check.h"

namespace lapis::storage {
namespace {

// Stands in for the file of an extent whose path is missing.
class AbsentFile final : public io::File {
 public:
  io::Task<Result<std::size_t>> read_at(std::uint64_t, MutableBytes) override { co_return gone(); }
  io::Task<Result<void>> write_at(std::uint64_t, Bytes) override { co_return gone(); }
  io::Task<Result<void>> datasync() override { co_return gone(); }
  Result<std::uint64_t> size() override { return gone(); }
  Result<void> allocate(std::uint64_t) override { return gone(); }
  Result<void> sync() override { return gone(); }

 private:
  static std::unexpected<Error> gone() {
    return fail(ErrorCode::kServerBusy, "the extent's path is missing");
  }
};

}  // namespace

Extent::Extent(Identity identity, ExtentRow row, std::unique_ptr<io::File> reader,
               std::size_t slots, Chore& reclaim)
    : identity_(identity),
      owned_reader_(std::move(reader)),
      reader_(owned_reader_.get()),
      slots_(slots),
      reclaim_(reclaim),
      state_(row.state),
      generation_(row.generation),
      walkable_(owned_reader_ != nullptr),
      recorded_(row.state),
      pins_(std::make_unique<std::atomic<std::uint32_t>[]>(slots)) {}

io::File& Extent::reader() const {
  static AbsentFile absent;
  io::File* reader = reader_.load(std::memory_order_acquire);
  return reader != nullptr ? *reader : absent;
}

void Extent::bring_back(ExtentRow row, std::unique_ptr<io::File> reader) {
  LAPIS_CHECK(!is_readable());
  generation_.store(row.generation);
  recorded_ = row.state;
  state_.store(row.state);
  owned_reader_ = std::move(reader);
  reader_.store(owned_reader_.get(), std::memory_order_release);
  walkable_.store(true);
  if (looks_dead()) reclaim_.poke();
}

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
