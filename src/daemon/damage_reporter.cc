#include "daemon/damage_reporter.h"

#include <algorithm>
#include <utility>

#include "lapis/base/date.h"
#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::chrono::milliseconds kPause{500};
// A search may read the rows of whole containers, and a dying disk is one find after the other: ten
// times as long as one took nothing is searched for, and after one that failed this long.
constexpr int kRestFactor = 10;
constexpr std::chrono::seconds kLongestRest{30};
// Lines after one search.
constexpr std::size_t kMostLogged = 100;

}  // namespace

DamageReporter::DamageReporter(io::Shard& shard, blob::Service& service,
                               const storage::LocalChunkStore& chunks)
    : shard_(shard), service_(service), chunks_(chunks) {
  shard_.run(start());
}

io::Task<void> DamageReporter::start() {
  tasks_.spawn(run());
  co_return;
}

// Each time that more was found than when it last looked.
io::Task<void> DamageReporter::run() {
  std::uint64_t told = 0;
  Instant next{};
  while (!stopping_) {
    const std::uint64_t found = chunks_.scrub_status().damage_found;
    if (found != told && service_.clock.instant() >= next) {
      const Instant began = service_.clock.instant();
      const auto report = co_await gather();
      const Instant now = service_.clock.instant();
      next = now + std::min<Instant::duration>(kRestFactor * (now - began), kLongestRest);
      if (!report) {
        next = now + kLongestRest;
        log_warn("scrub", "the blobs that are damaged cannot be named",
                 {{"error", to_string(report.error())}});
      } else if (log_new(*report)) {
        told = found;
      }
    }
    co_await shard_.sleep(kPause);
  }
}

// What the log does not name yet. False where more is left than is said at once.
bool DamageReporter::log_new(const ScrubReport& report) {
  std::set<ChunkId> still;
  for (const storage::DamagedChunk& chunk : report.damaged) {
    if (named_.contains(chunk.chunk)) still.insert(chunk.chunk);
  }
  named_ = std::move(still);
  std::set<ChunkId> now;
  bool is_all = true;
  std::size_t lines = 0;
  for (const blob::AffectedRange& range : report.affected) {
    if (named_.contains(range.chunk)) continue;
    if (lines == kMostLogged) {  // of a chunk that is begun with, the rest is in `scrub status`
      is_all = is_all && now.contains(range.chunk);
      continue;
    }
    ++lines;
    now.insert(range.chunk);
    log_error("scrub",
              range.length == 0 ? "the frame around a blob's bytes is damaged"
                                : "bytes of a blob are damaged",
              {{"account", range.blob.account},
               {"container", range.blob.container},
               {"blob", range.blob.name},
               {"snapshot", range.blob.snapshot ? format_iso8601(*range.blob.snapshot) : ""},
               {"version", range.blob.version ? format_iso8601(*range.blob.version) : ""},
               {"block", range.block},
               {"offset", range.offset},
               {"length", range.length},
               {"chunk", range.chunk.value}});
  }
  named_.merge(now);
  return is_all;
}

io::Task<Result<ScrubReport>> DamageReporter::gather() {
  ScrubReport report;
  report.status = chunks_.scrub_status();
  auto list = [this] { return storage::list_damaged(service_.meta, {}, kMostDamaged); };
  LAPIS_CO_TRY(report.damaged, co_await service_.blocking.run(std::move(list)));
  LAPIS_CO_TRY(report.affected, co_await blob::find_affected(service_, report.damaged, stopping_));
  co_return report;
}

io::Task<void> DamageReporter::gather_into(Result<ScrubReport>& report) {
  report = co_await gather();
}

Result<ScrubReport> DamageReporter::report() {
  Result<ScrubReport> report = ScrubReport{};
  shard_.run(gather_into(report));
  return report;
}

io::Task<void> DamageReporter::finish() { co_await tasks_.close(); }

void DamageReporter::stop() {
  if (std::exchange(stopped_, true)) return;
  stopping_ = true;
  shard_.run(finish());
}

}  // namespace lapis::daemon
