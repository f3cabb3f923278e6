#include "lapis/blob/reclaimer.h"

#include "blob/deletion_expiry.h"
#include "blob/sweeper.h"
#include "blob/upload_expiry.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kMaxMarks = 64;

}  // namespace

Reclaimer::Reclaimer(Service& service) : service_(service) {}

io::Task<Result<ReclaimStats>> Reclaimer::run_once() {
  ReclaimStats pass;
  LAPIS_CO_TRY(const bool waits, co_await anything_waits(service_));
  if (!waits) co_return pass;
  LAPIS_CO_TRY_VOID(co_await add_mark());
  const std::uint64_t below = free_below();
  Result<void> done = co_await release_entries(service_, below, pass);
  if (done) done = co_await sweep_containers(service_, below, pass);
  count(pass);
  LAPIS_CO_TRY_VOID(std::move(done));
  co_return pass;
}

io::Task<Result<ReclaimStats>> Reclaimer::expire_uploads() {
  ReclaimStats pass;
  const Timestamp oldest_kept = service_.clock.now() - Limits::kUncommittedLifetime;
  Result<void> done = co_await expire_uploads_before(service_, oldest_kept, pass);
  count(pass);
  LAPIS_CO_TRY_VOID(std::move(done));
  co_return pass;
}

io::Task<Result<ReclaimStats>> Reclaimer::expire_deletions(const std::atomic<bool>& stopping) {
  ReclaimStats pass;
  Result<void> done =
      co_await expire_deletions_until(service_, service_.time->now(), stopping, pass);
  count(pass);
  LAPIS_CO_TRY_VOID(std::move(done));
  co_return pass;
}

// A transaction that draws a number and is acknowledged: all entries of lower numbers were
// committed before it, and their blobs' version counters raised. A read that begins after that, in
// the new epoch, cannot come upon what those entries name (I12).
io::Task<Result<void>> Reclaimer::add_mark() {
  std::uint64_t below = 0;
  auto transaction = [&below](storage::MetaView& view) -> Result<void> {
    below = view.next_id();
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service_.meta.transact({}, std::move(transaction)));
  const Mark mark{service_.epochs->advance(), below};
  if (marks_.size() == kMaxMarks) {
    marks_.back() = mark;  // these entries wait a little longer than they must
  } else {
    marks_.push_back(mark);
  }
  co_return Result<void>{};
}

std::uint64_t Reclaimer::free_below() {
  const std::uint64_t oldest = service_.epochs->oldest();
  while (!marks_.empty() && marks_.front().epoch <= oldest) {
    free_below_ = marks_.front().entries_below;
    marks_.pop_front();
  }
  return free_below_;
}

void Reclaimer::count(const ReclaimStats& pass) {
  totals_.released_entries += pass.released_entries;
  totals_.released_chunks += pass.released_chunks;
  totals_.expired_uploads += pass.expired_uploads;
  totals_.swept_rows += pass.swept_rows;
  totals_.expired_deletions += pass.expired_deletions;
}

}  // namespace lapis::blob
