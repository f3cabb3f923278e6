#include "storage/chunk/known_rows.h"

#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

template <class Visit>
Result<void> scan(MetaSnapshot& snapshot, const std::string& first, const std::string& last,
                  std::size_t key_bytes, const DamagedRowSink& damaged, Visit&& visit) {
  const auto cursor = snapshot.scan(first, last);
  for (; cursor->valid(); cursor->next()) {
    const Bytes key = as_bytes(cursor->key());
    Result<void> visited;
    if (key.size() == key_bytes) {
      visited = visit(key, cursor->value());
    } else {
      visited = fail(ErrorCode::kInternalError, "key of a wrong length");
    }
    if (visited) continue;
    if (!damaged) return visited;
    damaged(cursor->key(), visited.error());
  }
  return cursor->status();
}

}  // namespace

Result<KnownRows> load_known_rows(MetaSnapshot& snapshot, const DamagedRowSink& damaged) {
  KnownRows known;
  LAPIS_TRY(known.paths, load_path_rows(snapshot, damaged));
  const auto add = [&](Bytes key, std::string_view value) -> Result<void> {
    const PathId path{load_be<std::uint32_t>(key, 1)};
    const ExtentId id{load_be<std::uint64_t>(key, 5)};
    LAPIS_TRY(const ExtentRow row, decode_extent_row(value));
    known.extents[path][id] = row;
    return {};
  };
  LAPIS_TRY_VOID(scan(snapshot, table_begin(Table::kExtent), table_end(Table::kExtent),
                      extent_key({}, {}).size(), damaged, add));
  return known;
}

Result<std::map<PathId, PathRow>> load_path_rows(MetaSnapshot& snapshot,
                                                 const DamagedRowSink& damaged) {
  std::map<PathId, PathRow> paths;
  const auto add = [&](Bytes key, std::string_view value) -> Result<void> {
    LAPIS_TRY(PathRow row, decode_path_row(value));
    paths[PathId{load_be<std::uint32_t>(key, 1)}] = std::move(row);
    return {};
  };
  LAPIS_TRY_VOID(scan(snapshot, table_begin(Table::kPath), table_end(Table::kPath),
                      path_key({}).size(), damaged, add));
  return paths;
}

Result<std::map<ExtentId, ExtentRow>> load_extent_rows(MetaSnapshot& snapshot, PathId path) {
  std::map<ExtentId, ExtentRow> extents;
  const auto add = [&](Bytes key, std::string_view value) -> Result<void> {
    LAPIS_TRY(extents[ExtentId{load_be<std::uint64_t>(key, 5)}], decode_extent_row(value));
    return {};
  };
  LAPIS_TRY_VOID(
      scan(snapshot, extents_begin(path), extents_end(path), extent_key({}, {}).size(), {}, add));
  return extents;
}

}  // namespace lapis::storage
