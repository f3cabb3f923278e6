#include "storage/chunk/known_rows.h"

#include "storage/chunk/keys.h"

namespace lapis::storage {
namespace {

template <class Visit>
Result<void> scan(MetaSnapshot& snapshot, Table table, std::size_t key_bytes, Visit&& visit) {
  const auto cursor = snapshot.scan(table_begin(table), table_end(table));
  for (; cursor->valid(); cursor->next()) {
    const Bytes key = as_bytes(cursor->key());
    if (key.size() != key_bytes) return fail(ErrorCode::kInternalError, "key of a wrong length");
    LAPIS_TRY_VOID(visit(key, cursor->value()));
  }
  return cursor->status();
}

}  // namespace

Result<KnownRows> load_known_rows(MetaSnapshot& snapshot) {
  KnownRows known;
  const auto add_path = [&](Bytes key, std::string_view value) -> Result<void> {
    LAPIS_TRY(known.paths[PathId{load_be<std::uint32_t>(key, 1)}], decode_path_row(value));
    return {};
  };
  const auto add_extent = [&](Bytes key, std::string_view value) -> Result<void> {
    const PathId path{load_be<std::uint32_t>(key, 1)};
    const ExtentId id{load_be<std::uint64_t>(key, 5)};
    LAPIS_TRY(known.extents[path][id], decode_extent_row(value));
    return {};
  };
  LAPIS_TRY_VOID(scan(snapshot, Table::kPath, path_key({}).size(), add_path));
  LAPIS_TRY_VOID(scan(snapshot, Table::kExtent, extent_key({}, {}).size(), add_extent));
  return known;
}

}  // namespace lapis::storage
