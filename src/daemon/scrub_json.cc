#include "daemon/scrub_json.h"

#include <nlohmann/json.hpp>

#include "lapis/base/date.h"

namespace lapis::daemon {
namespace {

using admin::Json;

Json time_of(const std::optional<Timestamp>& time) {
  return time ? Json(format_iso8601(*time)) : Json();
}

Json json_of(const std::optional<storage::ScrubPass>& pass) {
  if (!pass) return {};
  return {{"started", format_iso8601(pass->started)},
          {"completed", time_of(pass->completed)},
          {"chunks", pass->chunks},
          {"read_bytes", pass->bytes},
          {"damaged", pass->damaged},
          {"skipped", pass->skipped}};
}

Json json_of(const storage::DamagedChunk& damaged) {
  Json bad = Json::array();
  for (const storage::ChunkRange& range : damaged.bad) {
    bad.push_back({{"offset", range.offset}, {"length", range.length}});
  }
  return {{"chunk", damaged.chunk.value},
          {"found", format_iso8601(damaged.found)},
          {"by", damaged.finder == storage::DamageFinder::kScrub ? "scrub" : "read"},
          {"path_id", damaged.path.value},
          {"extent", damaged.extent.value},
          {"offset", damaged.frame_offset},
          {"seen", damaged.seen},
          {"bad", std::move(bad)}};
}

Json json_of(const blob::AffectedRange& range) {
  Json shown = {{"chunk", range.chunk.value},
                {"account", range.blob.account},
                {"container", range.blob.container},
                {"blob", range.blob.name},
                {"offset", range.offset},
                {"length", range.length}};
  if (range.blob.snapshot) shown["snapshot"] = format_iso8601(*range.blob.snapshot);
  if (range.blob.version) shown["version"] = format_iso8601(*range.blob.version);
  if (!range.block.empty()) shown["block"] = range.block;
  return shown;
}

}  // namespace

Json json_of(const ScrubReport& report) {
  const storage::ScrubStatus& status = report.status;
  const auto period = std::chrono::duration_cast<std::chrono::seconds>(status.options.period);
  Json damaged = Json::array();
  for (const storage::DamagedChunk& chunk : report.damaged) damaged.push_back(json_of(chunk));
  Json affected = Json::array();
  for (const blob::AffectedRange& range : report.affected) affected.push_back(json_of(range));
  return {{"enabled", status.options.enabled},
          {"period_seconds", static_cast<std::uint64_t>(period.count())},
          {"rate_limit_bytes_per_second", status.options.rate},
          {"running", json_of(status.running)},
          {"last", json_of(status.last)},
          {"next", time_of(status.next)},
          {"rate_bytes_per_second", status.rate},
          {"wanted_bytes_per_second", status.wanted_rate},
          {"left_bytes", status.bytes_left},
          {"verified_chunks", status.chunks_verified},
          {"verified_bytes", status.bytes_verified},
          {"skipped_chunks", status.chunks_skipped},
          {"damaged_chunks", status.damaged_chunks},
          {"damaged", std::move(damaged)},
          {"affected", std::move(affected)}};
}

}  // namespace lapis::daemon
