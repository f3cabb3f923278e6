#include "lapis/blob/service_clock.h"

#include <algorithm>

#include "blob/records.h"

namespace lapis::blob {
namespace {

ServiceTime later(ServiceTime start, Instant::duration passed) {
  return start + std::chrono::floor<Ticks>(passed);
}

}  // namespace

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

// The time before the flag: who finds it up has a time that is before that of the mark which takes
// it down. It is read before it is written: a line that many threads write would be fought for.
ServiceTime ServiceClock::now() const {
  const ServiceTime told = later(start_, clock_.instant() - began_);
  if (!asked_.load(std::memory_order_acquire)) asked_.store(true, std::memory_order_release);
  return told;
}

// Who asks after the flag was taken down puts it up again, for the next mark.
io::Task<Result<void>> ServiceClock::mark(storage::MetaStore& meta) {
  if (!asked_.exchange(false, std::memory_order_acq_rel)) co_return Result<void>();
  const ServiceTime marked = later(start_, clock_.instant() - began_);
  auto transaction = [marked](storage::MetaView& view) -> Result<void> {
    view.put(service_clock_key(), encode_service_clock_mark(marked));
    return {};
  };
  auto made = co_await meta.transact({}, std::move(transaction));
  if (!made) asked_.store(true, std::memory_order_relaxed);
  co_return made;
}

}  // namespace lapis::blob
