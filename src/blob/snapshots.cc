#include "blob/snapshots.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/shared_body.h"

namespace lapis::blob {

Result<std::vector<Timestamp>> find_snapshots(storage::MetaSnapshot& snapshot,
                                              ContainerId container, std::string_view name) {
  std::vector<Timestamp> times;
  const auto cursor =
      snapshot.scan(past_key(container, name, Timestamp{}), upload_key(container, name));
  for (; cursor->valid(); cursor->next()) {
    const auto key = parse_name_key(cursor->key());
    if (!key) return fail(ErrorCode::kInternalError, "blob key is damaged");
    times.push_back(key->time);
  }
  LAPIS_TRY_VOID(cursor->status());
  return times;
}

Result<bool> are_snapshots(storage::MetaView& view, ContainerId container, std::string_view name,
                           const std::vector<Timestamp>& times, const BlobProperties& blob) {
  if (blob.snapshots != times.size()) return false;
  for (const Timestamp time : times) {
    LAPIS_TRY(const auto row, view.get(past_key(container, name, time)));
    if (!row) return false;
  }
  return true;
}

Result<void> erase_snapshots(storage::MetaView& view, ContainerId container, std::string_view name,
                             const std::vector<Timestamp>& times, BlobRecord& blob) {
  for (const Timestamp time : times) {
    LAPIS_TRY(auto snapshot, read_past(view, container, name, time));
    if (!snapshot) return fail(ErrorCode::kInternalError, "a snapshot has no row");
    view.erase(past_key(container, name, time));
    LAPIS_TRY_VOID(drop_body(view, container, std::move(snapshot->body)));
    --blob.properties.snapshots;
  }
  view.put(blob_key(container, name), encode_blob(blob.properties, encode_body(blob.body)));
  return {};
}

}  // namespace lapis::blob
