#include "daemon/damage_reporter.h"

#include <utility>

#include "lapis/base/log.h"

namespace lapis::daemon {
namespace {

constexpr std::chrono::milliseconds kPause{500};
// Of one look; `lapis scrub status` shows all.
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
  while (!stopping_) {
    const std::uint64_t found = chunks_.scrub_status().damage_found;
    if (found != told) {
      const auto report = co_await gather();
      if (report) {
        told = found;
        log_affected(*report);
      } else {
        log_warn("scrub", "the blobs that are damaged cannot be named",
                 {{"error", to_string(report.error())}});
      }
    }
    co_await shard_.sleep(kPause);
  }
}

void DamageReporter::log_affected(const ScrubReport& report) const {
  std::size_t logged = 0;
  for (const blob::AffectedRange& range : report.affected) {
    if (logged++ == kMostLogged) break;
    log_error("scrub",
              range.length == 0 ? "the frame around a blob's bytes is damaged"
                                : "bytes of a blob are damaged",
              {{"account", range.blob.account},
               {"container", range.blob.container},
               {"blob", range.blob.name},
               {"block", range.block},
               {"offset", range.offset},
               {"length", range.length},
               {"chunk", range.chunk.value}});
  }
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
