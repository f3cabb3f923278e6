#include "blob/past_list.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/immutability.h"

namespace lapis::blob {
namespace {

bool is_of(PastKind kind, const BlobProperties& past) {
  if (kind == PastKind::kDeleted) return past.deletion.has_value();
  return past.snapshot && !past.deletion;
}

}  // namespace

Result<PastList> find_past(storage::MetaSnapshot& snapshot, ContainerId container,
                           std::string_view name, PastKind kind) {
  PastList list;
  LAPIS_TRY(const BlobRows rows, read_blob_rows(snapshot, container, name));
  if (const BlobProperties* holder = holder_of(rows)) list.changes = holder->past_changes;
  const auto cursor =
      snapshot.scan(past_key(container, name, Timestamp{}), root_key(container, name));
  for (; cursor->valid(); cursor->next()) {
    const auto key = parse_name_key(cursor->key());
    if (!key) return fail(ErrorCode::kInternalError, "blob key is damaged");
    LAPIS_TRY(BlobProperties past, decode_properties(cursor->value()));
    if (!is_of(kind, past)) continue;
    list.times.push_back(key->time);
    if (bears_protection(past)) list.protected_ones.push_back(std::move(past));
  }
  LAPIS_TRY_VOID(cursor->status());
  return list;
}

bool are_all(const PastList& snapshots, const BlobProperties& holder) {
  return snapshots.changes == holder.past_changes && snapshots.times.size() == holder.snapshots;
}

}  // namespace lapis::blob
