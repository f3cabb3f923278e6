#include "blob/past_states.h"

#include <algorithm>
#include <utility>

#include "blob/immutability.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

std::uint32_t& count_of(BlobProperties& holder, const BlobProperties& past) {
  if (past.snapshot) return past.deletion ? holder.deleted_snapshots : holder.snapshots;
  return past.deletion ? holder.deleted_versions : holder.versions;
}

bool counts_any(const BlobProperties& holder) {
  return holder.snapshots != 0 || holder.versions != 0 || holder.deleted_snapshots != 0 ||
         holder.deleted_versions != 0;
}

void stamp(storage::MetaView& view, BlobProperties& holder) {
  holder.past_changes = view.next_id();
}

// Leases and counts are of the name, not of what it once was.
BlobProperties past_of(const BlobProperties& base) {
  BlobProperties past = base;
  take_counts(past, BlobProperties{});
  past.lease.reset();
  return past;
}

void put_past(storage::MetaView& view, const NamedAt& at, Timestamp time,
              const BlobProperties& past, const Body& body) {
  view.rewrite(past_key(at.container, at.name, time), encode_blob(past, encode_body(body)));
}

Deletion deletion_at(const NamedAt& at) { return {at.now, *at.keeping.deleted_until}; }

void mark_expiry(storage::MetaView& view, const NamedAt& at, ServiceTime until,
                 std::optional<Timestamp> state) {
  view.put(expiry_key(until, at.container, at.name, state), {});
}

void unmark_expiry(storage::MetaView& view, const NamedAt& at, ServiceTime until,
                   std::optional<Timestamp> state) {
  view.erase(expiry_key(until, at.container, at.name, state));
}

// The root was soft-deleted, and a blob is made: it stays what it is, as a snapshot. One of another
// type cannot be a snapshot of the new blob.
Result<void> keep_root(storage::MetaView& view, const NamedAt& at, BlobRecord root,
                       BlobProperties& holder) {
  const ServiceTime until = root.properties.deletion->until;
  unmark_expiry(view, at, until, std::nullopt);
  if (root.properties.type != holder.type) {
    return drop_body(view, at.container, std::move(root.body));
  }
  const Timestamp time = next_time(holder, at.now);
  BlobProperties past = past_of(root.properties);
  past.snapshot = time;
  mark_expiry(view, at, until, time);
  put_past(view, at, time, past, root.body);
  ++holder.deleted_snapshots;
  stamp(view, holder);
  return {};
}

// Read in every transaction that writes over a name from the first such row on, never before.
Result<void> put_root(storage::MetaView& view, const NamedAt& at, const BlobRecord& root) {
  const std::string key = root_key(at.container, at.name);
  if (!root.properties.deletion && !counts_any(root.properties)) {
    view.erase(key);
    return {};
  }
  view.rewrite(key, encode_blob(root.properties, encode_body(root.body)));
  LAPIS_TRY(ContainerState state, read_content(view, at.container));
  if (std::exchange(state.has_roots, true)) return {};
  view.put(container_state_key(at.container), encode(state));
  return {};
}

void put_base(storage::MetaView& view, const NamedAt& at, const BlobRecord& base) {
  view.rewrite(blob_key(at.container, at.name),
               encode_blob(base.properties, encode_body(base.body)));
}

}  // namespace

bool becomes_version(const BlobProperties& base, const Keeping& keeping) {
  return keeping.versions || base.version.has_value() || bears_protection(base);
}

bool outlives(const BlobProperties& base, const Keeping& keeping) {
  return becomes_version(base, keeping) || keeping.deleted_until.has_value();
}

Timestamp next_time(BlobProperties& holder, Timestamp not_before) {
  holder.last_past = std::max(not_before, holder.last_past + Ticks(1));
  return holder.last_past;
}

Result<void> keep(storage::MetaView& view, const NamedAt& at, const BlobRecord& base,
                  BlobProperties& holder) {
  BlobProperties past = past_of(base.properties);
  Timestamp time;
  if (becomes_version(past, at.keeping)) {
    if (!past.version) past.version = next_time(holder, past.last_modified);
    time = *past.version;
  } else {
    time = next_time(holder, at.now);
    past.snapshot = time;
    past.deletion = deletion_at(at);
    mark_expiry(view, at, past.deletion->until, time);
  }
  put_past(view, at, time, past, base.body);
  ++count_of(holder, past);
  stamp(view, holder);
  return {};
}

Result<bool> succeed(storage::MetaView& view, const NamedAt& at, BlobRows& rows,
                     BlobProperties& made) {
  bool lives_on = false;
  made.version.reset();
  if (const BlobProperties* holder = holder_of(rows)) {
    const bool is_version = rows.blob && becomes_version(rows.blob->properties, at.keeping);
    if (holder->type != made.type && (keeps_type(*holder) || is_version)) {
      return fail(ErrorCode::kInvalidBlobType, "what is kept of it is of another type");
    }
  }
  if (rows.blob) {
    lives_on = outlives(rows.blob->properties, at.keeping);
    if (lives_on) LAPIS_TRY_VOID(keep(view, at, *rows.blob, made));
  } else if (rows.root) {
    take_counts(made, rows.root->properties);
    view.erase(root_key(at.container, at.name));
    if (rows.root->properties.deletion) {
      LAPIS_TRY_VOID(keep_root(view, at, *std::move(rows.root), made));
    }
  }
  if (at.keeping.versions) made.version = next_time(made, at.now);
  if (bears_protection(made)) LAPIS_TRY_VOID(mark_protection(view, at.container));
  return lives_on;
}

Result<bool> delete_base(storage::MetaView& view, const NamedAt& at, BlobRows& rows) {
  BlobRecord base = *std::move(rows.blob);
  rows.blob.reset();
  view.erase(blob_key(at.container, at.name));
  const bool is_kept = outlives(base.properties, at.keeping);
  if (!is_kept && !counts_any(base.properties)) {
    LAPIS_TRY_VOID(drop_body(view, at.container, std::move(base.body)));
    return true;
  }
  BlobRecord& root = rows.root.emplace(BlobRecord{base.properties, {}});
  root.properties.lease.reset();
  root.properties.version.reset();
  take_protection_off(root.properties);  // that is the version's
  if (becomes_version(base.properties, at.keeping)) {
    LAPIS_TRY_VOID(keep(view, at, base, root.properties));
  } else if (is_kept) {
    root.properties.deletion = deletion_at(at);
    mark_expiry(view, at, root.properties.deletion->until, std::nullopt);
    root.body = std::move(base.body);
    stamp(view, root.properties);
  } else {
    LAPIS_TRY_VOID(drop_body(view, at.container, std::move(base.body)));
    stamp(view, root.properties);
  }
  LAPIS_TRY_VOID(put_root(view, at, root));
  return !is_kept;
}

Result<void> delete_past(storage::MetaView& view, const NamedAt& at, Timestamp time,
                         BlobRecord past, BlobProperties& holder) {
  if (!at.keeping.deleted_until) return erase_past(view, at, time, std::move(past), holder);
  --count_of(holder, past.properties);
  past.properties.deletion = deletion_at(at);
  ++count_of(holder, past.properties);
  mark_expiry(view, at, past.properties.deletion->until, time);
  put_past(view, at, time, past.properties, past.body);
  stamp(view, holder);
  return {};
}

Result<void> erase_past(storage::MetaView& view, const NamedAt& at, Timestamp time, BlobRecord past,
                        BlobProperties& holder) {
  --count_of(holder, past.properties);
  if (past.properties.deletion) unmark_expiry(view, at, past.properties.deletion->until, time);
  view.erase(past_key(at.container, at.name, time));
  stamp(view, holder);
  return drop_body(view, at.container, std::move(past.body));
}

Result<void> erase_root(storage::MetaView& view, const NamedAt& at, BlobRecord& root) {
  unmark_expiry(view, at, root.properties.deletion->until, std::nullopt);
  root.properties.deletion.reset();
  stamp(view, root.properties);
  return drop_body(view, at.container, std::exchange(root.body, Body{}));
}

void restore_past(storage::MetaView& view, const NamedAt& at, Timestamp time, BlobRecord past,
                  BlobProperties& holder) {
  --count_of(holder, past.properties);
  unmark_expiry(view, at, past.properties.deletion->until, time);
  past.properties.deletion.reset();
  ++count_of(holder, past.properties);
  put_past(view, at, time, past.properties, past.body);
  stamp(view, holder);
}

void restore_base(storage::MetaView& view, const NamedAt& at, BlobRows& rows) {
  unmark_expiry(view, at, rows.root->properties.deletion->until, std::nullopt);
  view.erase(root_key(at.container, at.name));
  rows.blob = *std::move(rows.root);
  rows.root.reset();
  rows.blob->properties.deletion.reset();
  stamp(view, rows.blob->properties);
  put_base(view, at, *rows.blob);
}

BlobProperties snapshot_of(const BlobProperties& blob, Timestamp time) {
  BlobProperties snapshot = past_of(blob);
  take_protection_off(snapshot);
  snapshot.snapshot = time;
  snapshot.version.reset();
  return snapshot;
}

Result<void> write_holder(storage::MetaView& view, const NamedAt& at, const BlobRows& rows) {
  if (!rows.blob) return put_root(view, at, *rows.root);
  put_base(view, at, *rows.blob);
  return {};
}

}  // namespace lapis::blob
