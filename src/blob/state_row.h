// The row that a key names: a blob's, that of one of its snapshots, or of one of its versions,
// which may be the blob itself. What is soft-deleted is not there for anybody who reads.
#pragma once

#include <string>
#include <utility>

#include "blob/records.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

struct StateRow {
  std::string key;
  BlobProperties properties;
  std::string row;  // as read: where the body is taken from
};

// Where a past state of that name would be; nothing where `key` names the blob itself.
inline std::optional<Timestamp> past_time_of(const BlobKey& key) {
  return key.snapshot ? key.snapshot : key.version;
}

// Whether a past state is what `key` names: a snapshot's time is no id of a version.
inline bool is_named(const BlobKey& key, const BlobProperties& past) {
  if (key.snapshot) return past.snapshot == key.snapshot;
  return past.version == key.version && !past.snapshot;
}

// That there is no such state, but was one.
inline Error soft_deleted() {
  return Error{ErrorCode::kBlobNotFound, "soft-deleted"}.with("x-ms-is-soft-deleted", "true");
}

// Errors: kBlobNotFound.
template <class View>  // MetaView or MetaSnapshot
Result<StateRow> read_state(View& view, ContainerId container, const BlobKey& key) {
  StateRow state;
  if (const auto time = past_time_of(key)) {
    state.key = past_key(container, key.name, *time);
    LAPIS_TRY(auto past, view.get(state.key));
    if (past) {
      LAPIS_TRY(state.properties, decode_properties(*past));
      if (!is_named(key, state.properties)) return fail(ErrorCode::kBlobNotFound);
      if (state.properties.deletion) return fail(soft_deleted());
      state.row = *std::move(past);
      return state;
    }
    if (!key.version) return fail(ErrorCode::kBlobNotFound);
  }
  state.key = blob_key(container, key.name);
  LAPIS_TRY(auto row, view.get(state.key));
  if (!row) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(state.properties, decode_properties(*row));
  if (key.version && state.properties.version != key.version) return fail(ErrorCode::kBlobNotFound);
  state.row = *std::move(row);
  return state;
}

}  // namespace lapis::blob
