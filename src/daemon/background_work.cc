#include "daemon/background_work.h"

#include <algorithm>
#include <utility>

#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr std::chrono::hours kExpiryInterval{1};
constexpr std::chrono::minutes kDeletionInterval{1};

void report(std::string_view what, const Result<blob::ReclaimStats>& result) {
  if (!result) {
    log_error("reclaim", what, {{"error", to_string(result.error())}});
    return;
  }
  if (result->released_entries + result->expired_uploads + result->swept_rows +
          result->expired_deletions ==
      0) {
    return;
  }
  log_debug("reclaim", what,
            {{"entries", result->released_entries},
             {"chunks", result->released_chunks},
             {"expired_uploads", result->expired_uploads},
             {"swept_rows", result->swept_rows},
             {"expired_deletions", result->expired_deletions}});
}

}  // namespace

BackgroundWork::BackgroundWork(io::Shard& shard, blob::Service& service, blob::InlineMover& mover)
    : shard_(shard),
      service_(service),
      clock_(service.clock),
      reclaimer_(service),
      marker_(service),
      access_writer_(service),
      mover_(mover) {
  shard_.run(start());
}

io::Task<void> BackgroundWork::start() {
  tasks_.spawn(run());
  tasks_.spawn(move_out());
  tasks_.spawn(mark_time());
  tasks_.spawn(write_accesses());
  co_return;
}

io::Task<void> BackgroundWork::move_out() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    const Instant::duration pause = co_await mover_.step();
    co_await shard_.sleep(std::min(std::chrono::ceil<std::chrono::milliseconds>(pause), kPause));
  }
}

io::Task<void> BackgroundWork::mark_time() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    co_await marker_.step();
    co_await shard_.sleep(kPause);
  }
  co_await marker_.finish();
}

io::Task<void> BackgroundWork::write_accesses() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    co_await access_writer_.step();
    co_await shard_.sleep(kPause);
  }
  co_await access_writer_.step();
}

io::Task<void> BackgroundWork::run() {
  Instant next_expiry = clock_.instant();
  Instant next_deletion = next_expiry;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const auto released = co_await reclaimer_.run_once();
    report("released", released);
    if (clock_.instant() >= next_expiry) {
      const auto expired = co_await reclaimer_.expire_uploads();
      report("expired uncommitted blocks", expired);
      next_expiry = clock_.instant() + kExpiryInterval;
    }
    if (clock_.instant() >= next_deletion) {
      report("expired soft-deleted blobs", co_await reclaimer_.expire_deletions(stopping_));
      next_deletion = clock_.instant() + kDeletionInterval;
    }
    publish();
    co_await apply_hints();
    co_await shard_.sleep(kPause);
  }
}

io::Task<void> BackgroundWork::apply_hints() {
  const auto applied = co_await blob::apply_placement_hints(service_, stopping_);
  if (!applied) {
    log_error("blob", "access tiers wait to be told to the tierer",
              {{"error", to_string(applied.error())}});
    co_return;
  }
  hinted_blobs_.add(applied->blobs);
  hinted_chunks_.add(applied->chunks);
}

void BackgroundWork::publish() {
  const blob::ReclaimStats totals = reclaimer_.totals();
  released_entries_.set(totals.released_entries);
  released_chunks_.set(totals.released_chunks);
  expired_uploads_.set(totals.expired_uploads);
  swept_rows_.set(totals.swept_rows);
  expired_deletions_.set(totals.expired_deletions);
}

blob::ReclaimStats BackgroundWork::totals() const {
  return {.released_entries = released_entries_.value(),
          .released_chunks = released_chunks_.value(),
          .expired_uploads = expired_uploads_.value(),
          .swept_rows = swept_rows_.value(),
          .expired_deletions = expired_deletions_.value()};
}

io::Task<void> BackgroundWork::finish() { co_await tasks_.close(); }

void BackgroundWork::stop() {
  if (std::exchange(stopped_, true)) return;
  stopping_.store(true, std::memory_order_relaxed);
  mover_.stop();
  shard_.run(finish());
}

}  // namespace lapis::daemon
