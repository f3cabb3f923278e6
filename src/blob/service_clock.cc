#include "lapis/blob/service_clock.h"

#include <algorithm>

#include "blob/records.h"

namespace lapis::blob {

ServiceClock::ServiceClock(const Clock& clock, ServiceTime mark)
    : clock_(clock),
      began_(clock.instant()),
      start_(std::max(ServiceTime(clock.now().time_since_epoch()), mark)) {}

Result<std::shared_ptr<ServiceClock>> ServiceClock::open(storage::MetaStore& meta,
                                                         const Clock& clock) {
  ServiceTime mark{};
  LAPIS_TRY(const auto row, meta.snapshot()->get(service_clock_key()));
  if (row) {
    LAPIS_TRY(mark, decode_service_clock_mark(*row));
  }
  return std::make_shared<ServiceClock>(clock, mark);
}

// The flag is read first: a line that many threads write would be fought for.
ServiceTime ServiceClock::now() const {
  if (!asked_.load(std::memory_order_relaxed)) asked_.store(true, std::memory_order_relaxed);
  return start_ + std::chrono::floor<Ticks>(clock_.instant() - began_);
}

// Who asks after the flag was taken down puts it up again, for the next mark.
io::Task<Result<void>> ServiceClock::mark(storage::MetaStore& meta) {
  if (!asked_.exchange(false, std::memory_order_relaxed)) co_return Result<void>();
  const ServiceTime time = start_ + std::chrono::floor<Ticks>(clock_.instant() - began_);
  auto transaction = [time](storage::MetaView& view) -> Result<void> {
    view.put(service_clock_key(), encode_service_clock_mark(time));
    return {};
  };
  auto made = co_await meta.transact({}, std::move(transaction));
  if (!made) asked_.store(true, std::memory_order_relaxed);
  co_return made;
}

}  // namespace lapis::blob
