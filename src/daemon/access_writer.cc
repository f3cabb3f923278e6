#include "daemon/access_writer.h"

#include <utility>

#include "lapis/base/log.h"
#include "lapis/blob/access_queue.h"
#include "lapis/blob/access_times.h"

namespace lapis::daemon {

io::Task<void> AccessWriter::step() {
  std::uint64_t written = 0;
  const auto done = co_await blob::write_access_times(service_, written);
  written_.add(written);
  if (std::exchange(fails_, !done) == fails_) co_return;
  if (done) {
    log_info("blob", "times of last access are written again");
  } else {
    log_error("blob", "times of last access wait to be written",
              {{"error", to_string(done.error())}});
  }
}

AccessStats AccessWriter::totals() const {
  return {written_.value(), service_.accesses ? service_.accesses->dropped() : 0};
}

}  // namespace lapis::daemon
