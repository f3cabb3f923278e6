#include "blob/shared_copy.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/borrowing.h"
#include "blob/copy_rules.h"
#include "blob/hint_queue.h"
#include "blob/last_access.h"
#include "blob/loan.h"
#include "blob/lookup.h"
#include "blob/past_states.h"
#include "blob/release.h"
#include "blob/shared_body.h"
#include "blob/state_row.h"
#include "blob/tag_index.h"

namespace lapis::blob {
namespace {

using Source = BorrowedState;

struct Change {
  const SharedCopy& request;
  NamedAt at;
  const ServiceClock& time;
  std::optional<Source> borrowed = {};  // of another container
  SharedCopied result = {};             // out
};

Result<Source> read_source(storage::MetaView& view, const SharedCopy& request) {
  LAPIS_TRY(StateRow row, read_state(view, request.source_container, request.source));
  const BlobProperties& properties = row.properties;
  if (is_pending(properties)) return fail(ErrorCode::kPendingCopyOperation);
  // Of pages two that write cannot share any (page_copy.h).
  LAPIS_TRY_VOID(check_copied_type(properties.type, request.blob.tier, request.seal));
  if (!may_be_copied(properties.tier, request.blob.tier)) return fail(ErrorCode::kBlobArchived);
  const Result<void> met = check_read(request.source_conditions, target_of(properties));
  if (!met) return fail(of_source(met.error()));
  LAPIS_TRY(BlobRecord blob, decode_blob(row.row));
  return Source{std::move(row.key), std::move(blob)};
}

NewBlob made_of(const Change& change, const BlobProperties& source) {
  NewBlob made = copy_of(source, change.request.blob, change.at.now);
  made.keeps_last_access = change.at.keeping.last_access;
  made.append_blocks = source.append_blocks;
  made.sealed = change.request.seal.value_or(source.sealed);
  return made;
}

Replacement claim_of(const PutBlob& blob, BlobType type) {
  return {blob.may_overwrite,       true,       blob.lease, blob.conditions, type,
          blob.endless_leases_only, blob.absent};
}

// The source was read: whether its row has to say so.
bool note_access(const Change& change, BlobProperties& source) {
  const bool is_due = change.at.keeping.last_access && source.type == BlobType::kBlock &&
                      is_access_due(source.last_access, change.at.now);
  if (is_due) source.last_access = change.at.now;
  return is_due;
}

// The source's row, and the blob's where that is the same, have the body's id from now on.
Result<void> share_source(storage::MetaView& view, const Change& change, Source& source,
                          BlobRows& rows) {
  const SharedCopy& request = change.request;
  if (change.borrowed) {
    if (is_borrowed(source.blob.body)) take_loan(view, request.container, source.blob.body);
    return {};
  }
  Body& body = source.blob.body;
  BlobProperties& properties = source.blob.properties;
  const bool is_itself = source.key == blob_key(request.container, request.blob.key.name);
  if (!is_itself || outlives(properties, change.at.keeping)) {
    LAPIS_TRY_VOID(share_body(view, request.container, body));
  }
  if (is_itself) {
    rows.blob->body.id = body.id;
  } else {
    note_access(change, properties);
    view.put(source.key, encode_blob(properties, encode_body(body)));
  }
  return {};
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const SharedCopy& request = change.request;
  const PutBlob& blob = request.blob;
  const std::string& name = blob.key.name;
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, request.container, name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  Source found;
  if (change.borrowed) {
    found = *change.borrowed;
  } else {
    LAPIS_TRY(found, read_source(view, request));
  }
  BlobRecord& source = found.blob;
  const Replacement claim = claim_of(blob, source.properties.type);
  const Result<void> may = check_replace(claim, existing, rows.upload.has_value(), change.time);
  if (!may) return fail(of_target(may.error()));
  LAPIS_TRY_VOID(share_source(view, change, found, rows));
  BlobProperties properties = make_properties(made_of(change, source.properties),
                                              Etag{view.next_id()}, existing, change.time);
  LAPIS_TRY(const bool lives_on, succeed(view, change.at, rows, properties));
  const std::string key = blob_key(request.container, name);
  view.put(key, encode_blob(properties, encode_body(source.body)));
  if (rank_of(properties.tier) != rank_of(source.properties.tier)) {
    queue_hint(view, request.container, name);
  }
  index_tags(view, request.container, name, tags_of(existing), properties.tags);
  change.result = {properties.etag, properties.last_modified, properties.version};
  if (rows.upload) discard_upload(view, request.container, name, rows.upload->id);
  if (!rows.blob || found.key == key || lives_on) return {};
  return drop_body(view, request.container, std::move(rows.blob->body));
}

// Nothing is noted of a copy that cannot be made.
io::Task<Result<void>> check_borrowing(Service& service, const SharedCopy& request) {
  const auto source = co_await find_blob(service, request.source_container, request.source);
  if (!source) co_return fail(source.error());
  if (!*source) co_return fail(ErrorCode::kBlobNotFound);
  const PutBlob& blob = request.blob;
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, request.container, blob.key));
  const Replacement claim = claim_of(blob, (*source)->properties.type);
  const auto may = check_replace(claim, existing.get(), true, *service.time);
  if (!may) co_return fail(of_target(may.error()));
  co_return Result<void>{};
}

io::Task<Result<Source>> borrow_source(Service& service, const Change& change) {
  const SharedCopy& request = change.request;
  const Borrowing borrowing{
      request.source_container, request.container,
      [&request](storage::MetaView& view) { return read_source(view, request); },
      [&change](BlobProperties& source) { return note_access(change, source); }};
  auto borrowed = co_await borrow(service, borrowing);
  if (!borrowed) co_return fail(of_source(std::move(borrowed).error()));
  co_return borrowed;
}

}  // namespace

// The pin is taken before the source is read: what was lent waits for its end.
io::Task<Result<SharedCopied>> copy_shared(Service& service, SharedCopy request) {
  const BlobKey& key = request.blob.key;
  const ReadSlot::Pin pin = service.reads.begin();
  auto keeping = peek_keeping(service, key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, key.account));
  }
  Change change{
      request, {request.container, key.name, service.clock.now(), *keeping}, *service.time};
  if (request.container != request.source_container) {
    LAPIS_CO_TRY_VOID(co_await check_borrowing(service, request));
    LAPIS_CO_TRY(change.borrowed, co_await borrow_source(service, change));
  }
  change.at.now = service.clock.now();
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({request.container}, std::move(transaction)));
  co_return change.result;
}

}  // namespace lapis::blob
