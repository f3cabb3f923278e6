#include "lapis/blob/ops/incremental_copy_blob.h"

#include <utility>

#include "blob/borrowing.h"
#include "blob/copy_rules.h"
#include "blob/immutability.h"
#include "blob/loan.h"
#include "blob/lookup.h"
#include "blob/past_states.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/state_row.h"

namespace lapis::blob {
namespace {

struct Change {
  NamedAt at;
  const IncrementalCopyBlob& request;
  const BlobKey& source;  // a snapshot
  ContainerId source_container;
  const ServiceClock& time;
  std::optional<BorrowedState> borrowed = {};  // of another container
  CopyBlobResult result = {};                  // out; its id is given
};

Result<BorrowedState> read_source(storage::MetaView& view, const Change& change) {
  LAPIS_TRY(StateRow row, read_state(view, change.source_container, change.source));
  if (row.properties.type != BlobType::kPage) return fail(ErrorCode::kInvalidSourceBlobType);
  LAPIS_TRY(BlobRecord blob, decode_blob(row.row));
  return BorrowedState{std::move(row.key), std::move(blob)};
}

bool is_same_source(const IncrementalCopy& last, const Change& change) {
  return last.source_container == change.source_container && last.source == change.source.name;
}

// Whether both show generations of one map.
bool have_one_map(const Change& change, const Body& existing, const Body& source) {
  return existing.pages.map == source.pages.map &&
         space_of(change.at.container, existing) == space_of(change.source_container, source);
}

// What the blob that is there says to any such copy; null where there is none.
Result<void> check_early(const IncrementalCopyBlob& request, const BlobRecord* existing) {
  if (existing == nullptr) return check_write(request.conditions, nullptr, true);
  const BlobProperties& properties = existing->properties;
  if (!request.may_overwrite) return fail(ErrorCode::kUnauthorizedBlobOverwrite);
  if (!is_incremental_copy(properties)) return fail(ErrorCode::kIncrementalCopyBlobMismatch);
  const ConditionTarget target = target_of(properties);
  return check_write(request.conditions, &target, false);
}

// And to this one.
Result<void> check_target(const Change& change, const BlobRecord* existing) {
  LAPIS_TRY_VOID(check_early(change.request, existing));
  if (existing == nullptr) return {};
  const IncrementalCopy& last = *existing->properties.copy->incremental;
  if (!is_same_source(last, change)) return fail(ErrorCode::kIncrementalCopyBlobMismatch);
  if (*change.source.snapshot > last.source_snapshot) return {};
  return fail(ErrorCode::kIncrementalCopyOfEarlierSnapshotNotAllowed);
}

CopyProperties copy_of(const Change& change, const BlobProperties& source) {
  CopyProperties copy;
  copy.id = change.result.copy;
  copy.source = shown_source(change.request.source.url);
  copy.copied = copy.total = source.content_length;
  copy.incremental = {{}, change.source_container, change.source.name, *change.source.snapshot};
  return copy;
}

// As the source's snapshot has them.
void take_properties(BlobProperties& properties, const BlobProperties& source) {
  properties.content_length = source.content_length;
  properties.http = source.http;
  properties.metadata = source.metadata;
  properties.sequence_number = source.sequence_number;
}

Result<BlobProperties> make_blob(storage::MetaView& view, const Change& change, BlobRows& rows,
                                 const BlobProperties& source) {
  NewBlob made;
  made.now = change.at.now;
  made.type = BlobType::kPage;
  made.copy = copy_of(change, source);
  BlobProperties properties =
      make_properties(std::move(made), Etag{view.next_id()}, nullptr, change.time);
  LAPIS_TRY_VOID(succeed(view, change.at, rows, properties));
  if (rows.upload) discard_upload(view, change.at.container, change.at.name, rows.upload->id);
  return properties;
}

BlobProperties change_blob(storage::MetaView& view, const Change& change,
                           const BlobProperties& existing, const BlobProperties& source) {
  BlobProperties properties = existing;
  touch(properties, Etag{view.next_id()}, change.at.now, change.time);
  properties.copy = copy_of(change, source);
  properties.copy->completed = properties.last_modified;
  return properties;
}

// The blob and its new snapshot hold the body, and the blob no other.
Result<void> hold(storage::MetaView& view, const Change& change, Body& body, BlobRows& rows) {
  const ContainerId container = change.at.container;
  if (change.borrowed) {
    take_loan(view, container, body);
  } else {
    LAPIS_TRY_VOID(share_body(view, container, body));
  }
  LAPIS_TRY_VOID(share_body(view, container, body));
  if (!rows.blob) return {};
  return drop_body(view, container, std::move(rows.blob->body));
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const NamedAt& at = change.at;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, at.container, at.name));
  const Result<void> may = check_target(change, rows.blob ? &*rows.blob : nullptr);
  if (!may) return fail(of_target(may.error()));
  BorrowedState source;
  if (change.borrowed) {
    source = *change.borrowed;
  } else {
    auto found = read_source(view, change);
    if (!found) return fail(of_source(std::move(found).error()));
    source = *std::move(found);
  }
  Body& body = source.blob.body;
  if (rows.blob && !have_one_map(change, rows.blob->body, body)) {
    return fail(ErrorCode::kBlobOverwritten);
  }
  BlobProperties properties;
  if (rows.blob) {
    properties = change_blob(view, change, rows.blob->properties, source.blob.properties);
  } else {
    LAPIS_TRY(properties, make_blob(view, change, rows, source.blob.properties));
  }
  take_properties(properties, source.blob.properties);
  LAPIS_TRY_VOID(hold(view, change, body, rows));
  const Timestamp time = next_time(properties, at.now);
  properties.copy->incremental->snapshot = time;
  ++properties.snapshots;
  properties.past_changes = view.next_id();
  const std::string encoded = encode_body(body);
  view.put(past_key(at.container, at.name, time),
           encode_blob(snapshot_of(properties, time), encoded));
  view.put(blob_key(at.container, at.name), encode_blob(properties, encoded));
  change.result.etag = properties.etag;
  change.result.last_modified = properties.last_modified;
  change.result.version = properties.version;
  return {};
}

// Nothing is lent for a copy that cannot be made.
io::Task<Result<BorrowedState>> borrow_source(Service& service, const Change& change) {
  const auto existing = co_await find_blob(service, change.at.container, change.request.key);
  if (!existing) co_return fail(existing.error());
  const auto may = check_target(change, existing->get());
  if (!may) co_return fail(of_target(may.error()));
  const Borrowing borrowing{change.source_container, change.at.container,
                            [&](storage::MetaView& view) { return read_source(view, change); }};
  auto borrowed = co_await borrow(service, borrowing);
  if (!borrowed) co_return fail(of_source(std::move(borrowed).error()));
  co_return borrowed;
}

// The snapshot that is the source, which whoever asks may read. One elsewhere would have to be
// asked what has changed in it.
io::Task<Result<BlobKey>> find_source(const IncrementalCopyBlob& request, CopySources& sources) {
  std::optional<BlobKey> key = request.local;
  if (!key) {
    auto opened = co_await sources.open(request.source);
    if (!opened) co_return fail(of_source(std::move(opened).error()));
    const SourceProperties& properties = (*opened)->properties();
    key = properties.own;
    if (key && properties.type != BlobType::kPage) {
      co_return fail(ErrorCode::kInvalidSourceBlobType);
    }
  }
  if (!key || key->account != request.key.account) {
    co_return fail(Error{ErrorCode::kNotImplemented, "incremental copy"}.with(
        "OperationName", "IncrementalCopyBlob of a source outside the account"));
  }
  if (!key->snapshot) co_return fail(ErrorCode::kIncrementalCopySourceMustBeSnapshot);
  co_return *std::move(key);
}

}  // namespace

// The pin is taken before the source is read: what was lent waits for its end.
io::Task<Result<CopyBlobResult>> incremental_copy_blob(Service& service,
                                                       IncrementalCopyBlob request,
                                                       CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto target, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, target->id, request.key));
  const auto may = check_early(request, existing.get());
  if (!may) co_return fail(of_target(may.error()));
  LAPIS_CO_TRY(const BlobKey source, co_await find_source(request, sources));
  const ReadSlot::Pin pin = service.reads.begin();
  const auto container = co_await find_container(service, source);
  if (!container) co_return fail(of_source(container.error()));
  LAPIS_CO_TRY(const Keeping keeping, co_await find_keeping(service, request.key.account));
  const NamedAt at{target->id, request.key.name, service.clock.now(), keeping};
  Change change{at, request, source, (*container)->id, *service.time};
  change.result.copy = Guid::make();
  if (change.source_container != at.container) {
    LAPIS_CO_TRY(change.borrowed, co_await borrow_source(service, change));
  }
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({at.container}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
