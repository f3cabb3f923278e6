#include <algorithm>

#include "lapis/base/number.h"
#include "storage/chunk/check/checked_rows.h"
#include "storage/chunk/check/damage_check.h"
#include "storage/chunk/check/extent_check.h"
#include "storage/chunk/check/heat_check.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"

namespace lapis::storage {
namespace {

class ChunkChecking {
 public:
  ChunkChecking(const ChunkCheck& check, const CheckedRows& rows, const FindingSink& found,
                ChunkCheckStats& stats)
      : check_(check), rows_(rows), found_(found), stats_(stats) {}

  // Each extent once, in order, with the places that rows name in it.
  Result<void> check_extents() {
    tell_missing_paths();
    std::uint32_t from = 0;
    std::optional<std::uint32_t> to = from;
    while (to) {
      from = *to;
      KeyBatch<NamedPlace> batch(from, check_.batch);
      LAPIS_TRY_VOID(rows_.collect(check_, batch));
      to = batch.end();
      LAPIS_TRY_VOID(check_batch(batch.sorted(), from, to));
    }
    return {};
  }

  Result<void> check_unknown_files() {
    for (const CheckedPath& path : rows_.paths()) {
      if (path.directory.empty()) continue;
      const auto names = check_.files.list(extents_directory(path.directory));
      if (!names) {  // its extents have been told of one by one
        found_({FindingKind::kLost,
                "extents_directory",
                {{"path_id", std::uint64_t{path.id.value}},
                 {"path", path.directory.string()},
                 {"detail", to_string(names.error())}},
                {}});
        continue;
      }
      for (const std::string& name : *names) {
        const auto id = name.size() == 16 ? parse_hex_u64(name) : std::nullopt;
        if (id && !knows(path.id, ExtentId{*id})) LAPIS_TRY_VOID(examine(path, ExtentId{*id}));
      }
    }
    return {};
  }

 private:
  void tell_missing_paths() {
    stats_.paths = rows_.paths().size();
    stats_.extents = rows_.extents().size();
    for (const CheckedPath& path : rows_.paths()) {
      if (!path.directory.empty()) continue;
      found_({FindingKind::kLost,
              "path",
              {{"path_id", std::uint64_t{path.id.value}},
               {"pool", path.row.pool},
               {"path", path.row.directory}},
              {}});
    }
  }

  Result<void> check_batch(const std::vector<NamedPlace>& places, std::uint32_t from,
                           std::optional<std::uint32_t> to) {
    auto next = places.begin();
    const auto end = to.value_or(static_cast<std::uint32_t>(rows_.extents().size()));
    for (std::uint32_t index = from; index < end; ++index) {
      if (check_.is_cancelled && check_.is_cancelled()) return fail(cancelled());
      const auto first = next;
      while (next != places.end() && next->extent == index) ++next;
      const CheckedExtent& extent = rows_.extents()[index];
      const CheckedPath& path = rows_.paths()[extent.path_index];
      if (path.directory.empty()) {
        stats_.unchecked_places += static_cast<std::uint64_t>(next - first);
        continue;
      }
      ExtentOutcome outcome;
      ExtentCheck one(check_, path, extent, {first, next}, outcome, stats_);
      check_.shard.run(one.run());
      LAPIS_TRY_VOID(confirm(path, extent, std::move(outcome)));
    }
    return {};
  }

  // What changed since is no finding: the row that named the place is gone or names another.
  Result<void> confirm(const CheckedPath& path, const CheckedExtent& extent,
                       ExtentOutcome outcome) {
    std::unique_ptr<MetaSnapshot> now;
    if (check_.now && !(outcome.extent.empty() && outcome.places.empty())) now = check_.now();
    if (!outcome.extent.empty()) {
      LAPIS_TRY(const bool is_same, is_extent_same(now.get(), extent));
      for (SuspectExtent& suspect : outcome.extent) {
        if (is_same) tell(path, extent, std::move(suspect));
      }
    }
    for (SuspectPlace& suspect : outcome.places) {
      const Place place{extent.path, extent.id, extent.row.generation, suspect.place.offset};
      LAPIS_TRY(const bool is_named, is_still_named(now.get(), suspect.place.chunk, place));
      if (is_named) tell(path, place, std::move(suspect));
    }
    return {};
  }

  static Result<bool> is_extent_same(MetaSnapshot* now, const CheckedExtent& extent) {
    if (now == nullptr) return true;
    LAPIS_TRY(const auto stored, now->get(extent_key(extent.path, extent.id)));
    if (!stored) return false;
    LAPIS_TRY(const ExtentRow row, decode_extent_row(*stored));
    return row.generation == extent.row.generation;
  }

  static Result<bool> is_still_named(MetaSnapshot* now, ChunkId chunk, const Place& place) {
    if (now == nullptr) return true;
    LAPIS_TRY(const auto stored, now->get(chunk_key(chunk)));
    if (!stored) return false;
    LAPIS_TRY(const ChunkRow row, decode_chunk_row(*stored));
    return std::ranges::find(row.places, place) != row.places.end();
  }

  void tell(const CheckedPath& path, const CheckedExtent& extent, SuspectExtent suspect) {
    Finding finding{suspect.kind, std::string(suspect.what), {}, {}};
    finding.fields = {{"path_id", std::uint64_t{extent.path.value}},
                      {"extent", extent.id.value},
                      {"file", extent_file(path.directory, extent.id).string()}};
    if (!suspect.detail.empty()) finding.fields.push_back({"detail", std::move(suspect.detail)});
    found_(std::move(finding));
  }

  void tell(const CheckedPath& path, const Place& place, SuspectPlace suspect) {
    const ChunkId chunk = suspect.place.chunk;
    Finding finding{suspect.kind, std::string(suspect.what), {{"chunk", chunk.value}}, chunk};
    for (FindingField& field : fields_of(place)) finding.fields.push_back(std::move(field));
    finding.fields.push_back({"file", extent_file(path.directory, place.extent).string()});
    for (FindingField& field : suspect.details) finding.fields.push_back(std::move(field));
    found_(std::move(finding));
  }

  bool knows(PathId path, ExtentId id) const {
    const auto& extents = rows_.extents();
    const auto at = std::lower_bound(
        extents.begin(), extents.end(), std::pair(path, id),
        [](const CheckedExtent& extent, const std::pair<PathId, ExtentId>& wanted) {
          return std::pair(extent.path, extent.id) < wanted;
        });
    return at != extents.end() && at->path == path && at->id == id;
  }

  // A row is durable before the first frame is written: an extent that holds some has had one.
  Result<void> examine(const CheckedPath& path, ExtentId id) {
    UnknownFile kind{};
    check_.shard.run(examine_unknown_file(check_, path, id, kind));
    if (check_.now) {
      LAPIS_TRY(const auto row, check_.now()->get(extent_key(path.id, id)));
      if (row) return {};
    }
    if (kind == UnknownFile::kUnfinished) {
      ++stats_.unfinished_extents;
      return {};
    }
    found_({FindingKind::kLeaked,
            kind == UnknownFile::kHoldsFrames ? "extent_without_row" : "foreign_extent",
            {{"path_id", std::uint64_t{path.id.value}},
             {"extent", id.value},
             {"file", extent_file(path.directory, id).string()}},
            {}});
    return {};
  }

  const ChunkCheck& check_;
  const CheckedRows& rows_;
  const FindingSink& found_;
  ChunkCheckStats& stats_;
};

}  // namespace

Result<ChunkCheckStats> check_chunks(const ChunkCheck& check, const FindingSink& found) {
  ChunkCheckStats stats;
  LAPIS_TRY(const CheckedRows rows, CheckedRows::load(check, found));
  LAPIS_TRY_VOID(rows.check_chunk_rows(check, found, stats));
  ChunkChecking checking(check, rows, found, stats);
  LAPIS_TRY_VOID(checking.check_extents());
  LAPIS_TRY_VOID(checking.check_unknown_files());
  LAPIS_TRY_VOID(check_heat(check, found));
  if (!check.deep) LAPIS_TRY_VOID(tell_known_damage(check, found));
  return stats;
}

ChunkRowScan::ChunkRowScan(MetaSnapshot& snapshot, ChunkId first, std::optional<ChunkId> end)
    : cursor_(snapshot.scan(chunk_key(first), end ? chunk_key(*end) : table_end(Table::kChunk))) {}

Result<std::optional<ChunkRowScan::Row>> ChunkRowScan::next() {
  if (!cursor_->valid()) {
    LAPIS_TRY_VOID(cursor_->status());
    return std::nullopt;
  }
  const Bytes key = as_bytes(cursor_->key());
  if (key.size() != chunk_key({}).size()) {
    return fail(ErrorCode::kInternalError, "chunk row: key of a wrong length");
  }
  Row row{ChunkId{load_be<std::uint64_t>(key, 1)}};
  if (const auto decoded = decode_chunk_row(cursor_->value())) {
    row.length = decoded->length;
    row.references = 1 + decoded->extra_references;
  }
  cursor_->next();
  return row;
}

}  // namespace lapis::storage
