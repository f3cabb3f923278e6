#include "lapis/blob/ops/undelete_blob.h"

#include <span>
#include <utility>

#include "blob/lookup.h"
#include "blob/past_list.h"
#include "blob/past_states.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

// Past states that one transaction restores: the committer is everybody's.
constexpr std::size_t kInTransaction = 256;

struct Change {
  NamedAt at;
  ServiceTime now;
  bool more = false;      // out: past states wait to be restored
  bool is_there = false;  // out: so that a read of a state or a listing finds the name
};

// What is over already waits to be freed, and does not come back.
bool lasts(const BlobProperties& properties, ServiceTime now) {
  return properties.deletion && properties.deletion->until > now;
}

bool has_live(const BlobRows& rows) {
  const BlobProperties& holder = *holder_of(rows);
  return rows.blob || holder.snapshots != 0 || holder.versions != 0;
}

Result<void> restore_blob(storage::MetaView& view, Change& change) {
  const NamedAt& at = change.at;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  if (!rows.blob && !rows.root) return fail(ErrorCode::kBlobNotFound);
  if (!rows.blob && lasts(rows.root->properties, change.now)) {
    restore_base(view, at, rows);
    index_tags(view, at.container, at.name, {}, rows.blob->properties.tags);
  }
  const BlobProperties* holder = holder_of(rows);
  change.more = holder->deleted_snapshots != 0 || holder->deleted_versions != 0;
  change.is_there = has_live(rows);
  return {};
}

// Of the past states at `times` those that are soft-deleted still. One of another type than the
// blob that was made since cannot stand beside it: it stays deleted, and expires.
Result<void> restore_some(storage::MetaView& view, Change& change,
                          std::span<const Timestamp> times) {
  const NamedAt& at = change.at;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  BlobProperties* holder = holder_of(rows);
  change.is_there = false;
  if (holder == nullptr) return {};
  for (const Timestamp time : times) {
    LAPIS_TRY(auto past, read_past(view, at.container, at.name, time));
    if (past && lasts(past->properties, change.now) && past->properties.type == holder->type) {
      restore_past(view, at, time, *std::move(past), *holder);
    }
  }
  change.is_there = has_live(rows);
  return write_holder(view, at, rows);
}

// Where the pass that ends them has not come yet to what is over, there is nothing all the same.
Result<void> outcome(const Change& change) {
  if (!change.is_there) return fail(ErrorCode::kBlobNotFound);
  return {};
}

}  // namespace

io::Task<Result<void>> undelete_blob(Service& service, UndeleteBlob request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  const std::string& name = request.key.name;
  Change change{{container->id, name, service.clock.now(), {}}, service.time->now()};
  auto restore = [&change](storage::MetaView& view) { return restore_blob(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(restore)));
  if (!change.more) co_return outcome(change);
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return find_past(*snapshot, container->id, name, PastKind::kDeleted); };
  LAPIS_CO_TRY(const PastList deleted, co_await service.blocking.run(std::move(job)));
  for (std::span<const Timestamp> left(deleted.times); !left.empty();) {
    const auto some = left.first(std::min(left.size(), kInTransaction));
    left = left.subspan(some.size());
    auto next = [&](storage::MetaView& view) { return restore_some(view, change, some); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(next)));
  }
  co_return outcome(change);
}

}  // namespace lapis::blob
