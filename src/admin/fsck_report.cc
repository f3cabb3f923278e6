#include "admin/fsck_report.h"

#include <utility>

namespace lapis::admin {
namespace {

using nlohmann::json;
using storage::FindingKind;

constexpr std::size_t kMaxAffected = 100'000;

}  // namespace

void FsckReport::add(storage::Finding finding) {
  const std::string kind(storage::name_of(finding.kind));
  ++counts_[kind];
  const bool is_shown = ++by_what_[kind][finding.what] <= max_shown_;
  const bool is_serious =
      finding.kind == FindingKind::kLost || finding.kind == FindingKind::kDoubled;
  if (is_serious && finding.chunk != ChunkId{} && affected_.size() < kMaxAffected) {
    affected_.insert(finding.chunk);
  }
  if (!is_shown) return;
  json shown = {{"kind", kind}, {"what", finding.what}};
  for (storage::FindingField& field : finding.fields) {
    std::visit([&](auto& value) { shown[field.name] = std::move(value); }, field.value);
  }
  findings_.push_back(std::move(shown));
}

void FsckReport::add(const blob::ChunkUser& user) {
  if (++users_counted_ > max_shown_) return;
  users_.push_back({{"container", user.container},
                    {"blob", user.blob},
                    {"uncommitted", user.is_uncommitted},
                    {"chunk", user.chunk.value}});
}

json FsckReport::to_json() const {
  json counts = json::object();
  for (const FindingKind kind :
       {FindingKind::kLost, FindingKind::kLeaked, FindingKind::kDoubled, FindingKind::kWrong}) {
    const std::string name(storage::name_of(kind));
    const auto found = counts_.find(name);
    counts[name] = found == counts_.end() ? 0 : found->second;
  }
  json sorts = json::object();
  for (const auto& [kind, whats] : by_what_) {
    for (const auto& [what, count] : whats) sorts[kind][what] = count;
  }
  return {{"clean", counts_.empty()}, {"counts", counts},   {"sorts", sorts},
          {"findings", findings_},    {"affected", users_}, {"affected_count", users_counted_}};
}

json to_json(const storage::ChunkCheckStats& stats) {
  return {{"chunks", stats.chunks},
          {"paths", stats.paths},
          {"extents", stats.extents},
          {"live_frames", stats.live_frames},
          {"live_bytes", stats.live_bytes},
          {"dead_frames", stats.dead_frames},
          {"dead_bytes", stats.dead_bytes},
          {"verified_bytes", stats.verified_bytes},
          {"unfinished_extents", stats.unfinished_extents},
          {"unchecked_places", stats.unchecked_places}};
}

json to_json(const blob::ReferenceStats& stats) {
  return {{"containers", stats.containers},
          {"kept_containers", stats.kept_containers},
          {"deleted_containers", stats.deleted_containers},
          {"blobs", stats.blobs},
          {"uploads", stats.uploads},
          {"staged_blocks", stats.staged_blocks},
          {"segments", stats.segments},
          {"short_blocks", stats.short_blocks},
          {"release_entries", stats.release_entries},
          {"freed_already", stats.freed_already}};
}

}  // namespace lapis::admin
