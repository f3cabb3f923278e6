#include "daemon/time_marker.h"

#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::chrono::seconds kInterval{5};

}  // namespace

TimeMarker::TimeMarker(blob::Service& service) : service_(service), due_(service.clock.instant()) {}

io::Task<void> TimeMarker::step() {
  if (service_.clock.instant() < due_) co_return;
  co_await finish();
  due_ = service_.clock.instant() + kInterval;
}

io::Task<void> TimeMarker::finish() {
  const auto marked = co_await service_.time->mark(service_.meta);
  if (marked) co_return;
  log_error("blob", "the clock of leases is not kept", {{"error", to_string(marked.error())}});
}

}  // namespace lapis::daemon
