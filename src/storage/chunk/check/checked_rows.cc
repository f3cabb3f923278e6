#include "storage/chunk/check/checked_rows.h"

#include <algorithm>

#include "lapis/base/hex.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/known_rows.h"
#include "storage/chunk/superblock.h"

namespace lapis::storage {
namespace {

constexpr std::uint64_t kRowsBetweenLooks = 4096;

bool is_path(const ChunkCheck& check, const std::filesystem::path& directory, const PathRow& row) {
  const auto text = check.files.read_file(directory / kSuperblockName, kMaxSuperblockBytes);
  if (!text) return false;
  const auto superblock = decode_superblock(*text);
  return superblock && superblock->store == check.store.to_string() && superblock->path == row.uuid;
}

std::filesystem::path find_directory(const ChunkCheck& check, const PathRow& row) {
  if (is_path(check, row.directory, row)) return row.directory;
  for (const auto& directory : check.directories) {
    if (is_path(check, directory, row)) return directory;
  }
  return {};
}

Finding about_row(FindingKind kind, std::string_view what, ChunkId chunk) {
  return {kind, std::string(what), {{"chunk", chunk.value}}, chunk};
}

}  // namespace

Error cancelled() { return {ErrorCode::kOperationTimedOut, "the check was broken off"}; }

std::vector<FindingField> fields_of(const Place& place) {
  return {{"path_id", std::uint64_t{place.path.value}},
          {"extent", place.extent.value},
          {"generation", place.generation},
          {"offset", place.offset}};
}

Result<CheckedRows> CheckedRows::load(const ChunkCheck& check, const FindingSink& found) {
  const DamagedRowSink damaged = [&](std::string_view key, const Error& why) {
    found({FindingKind::kLost,
           "row_damaged",
           {{"key", to_hex(key)}, {"detail", to_string(why)}},
           {}});
  };
  LAPIS_TRY(const KnownRows known, load_known_rows(check.snapshot, damaged));
  CheckedRows rows;
  for (const auto& [id, row] : known.paths) {
    if (row.mode == PathMode::kRetired) continue;  // nothing is looked for there any more
    rows.paths_.push_back({id, row, find_directory(check, row)});
  }
  for (const auto& [path, extents] : known.extents) {
    const auto at = std::ranges::lower_bound(rows.paths_, path, {}, &CheckedPath::id);
    if (at == rows.paths_.end() || at->id != path) {
      found({FindingKind::kWrong,
             "extents_without_path",
             {{"path_id", std::uint64_t{path.value}}, {"extents", extents.size()}},
             {}});
      continue;
    }
    const auto index = static_cast<std::uint32_t>(at - rows.paths_.begin());
    for (const auto& [id, row] : extents) rows.extents_.push_back({path, id, row, index});
  }
  return rows;
}

template <class Visit>
Result<void> CheckedRows::scan(const ChunkCheck& check, Visit&& visit) const {
  const auto cursor = check.snapshot.scan(table_begin(Table::kChunk), table_end(Table::kChunk));
  for (std::uint64_t rows = 0; cursor->valid(); cursor->next(), ++rows) {
    if (rows % kRowsBetweenLooks == 0 && check.is_cancelled && check.is_cancelled()) {
      return fail(cancelled());
    }
    const Bytes key = as_bytes(cursor->key());
    if (key.size() != chunk_key({}).size()) {
      return fail(ErrorCode::kInternalError, "chunk row: key of a wrong length");
    }
    visit(ChunkId{load_be<std::uint64_t>(key, 1)}, decode_chunk_row(cursor->value()));
  }
  return cursor->status();
}

CheckedRows::Located CheckedRows::locate(const Place& place, const ChunkRow& row) const {
  const auto order = [](const CheckedExtent& extent, const Place& wanted) {
    return std::tie(extent.path, extent.id) < std::tie(wanted.path, wanted.extent);
  };
  const auto at = std::lower_bound(extents_.begin(), extents_.end(), place, order);
  if (at == extents_.end() || at->path != place.path || at->id != place.extent) {
    return {"extent_row", 0};
  }
  if (at->row.state == ExtentState::kFree) return {"place_in_free_extent", 0};
  if (at->row.generation != place.generation) return {"place_of_other_generation", 0};
  const std::uint64_t size = row.bytes_on_disk();
  if (place.offset == 0 || place.offset % kFrameAlignment != 0 || place.offset > at->row.bytes ||
      size > at->row.bytes - place.offset) {
    return {"place_outside_extent", 0};
  }
  return {{}, static_cast<std::uint32_t>(at - extents_.begin())};
}

Result<void> CheckedRows::check_chunk_rows(const ChunkCheck& check, const FindingSink& found,
                                           ChunkCheckStats& stats) const {
  return scan(check, [&](ChunkId chunk, const Result<ChunkRow>& row) {
    ++stats.chunks;
    if (!row) {
      found(about_row(FindingKind::kLost, "chunk_row_damaged", chunk));
      return;
    }
    for (const Place& place : row->places) {
      const Located located = locate(place, *row);
      if (located.wrong.empty()) continue;
      Finding finding = about_row(FindingKind::kLost, located.wrong, chunk);
      for (FindingField& field : fields_of(place)) finding.fields.push_back(std::move(field));
      found(std::move(finding));
    }
  });
}

Result<void> CheckedRows::collect(const ChunkCheck& check, KeyBatch<NamedPlace>& batch) const {
  return scan(check, [&](ChunkId chunk, const Result<ChunkRow>& row) {
    if (!row) return;
    for (const Place& place : row->places) {
      const Located located = locate(place, *row);
      if (!located.wrong.empty() || !batch.wants(located.extent)) continue;
      batch.add({located.extent, static_cast<std::uint32_t>(row->length), place.offset, chunk,
                 row->unit_bytes});
    }
  });
}

}  // namespace lapis::storage
