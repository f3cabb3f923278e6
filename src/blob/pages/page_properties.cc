#include "blob/pages/page_properties.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/pages/page_clear.h"
#include "blob/pages/page_length.h"
#include "blob/release.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

Result<std::uint64_t> renumber(const SequenceChange& change, std::uint64_t number) {
  switch (change.action) {
    case SequenceAction::kMax:
      return std::max(number, change.number);
    case SequenceAction::kUpdate:
      return change.number;
    case SequenceAction::kIncrement:
      break;
  }
  if (number == kMaxSequenceNumber) return fail(ErrorCode::kSequenceNumberIncrementTooLarge);
  return number + 1;
}

// What can be refused of the change. The sequence number that the blob gets.
Result<std::uint64_t> check(const SetBlobProperties& request, const BlobProperties& properties,
                            const ServiceClock& time) {
  LAPIS_TRY_VOID(check_may_change(properties));
  LAPIS_TRY_VOID(
      check_change(LeaseUse::kWriteBlob, properties, request.lease, request.conditions, time));
  if (!request.sequence) return properties.sequence_number;
  return renumber(*request.sequence, properties.sequence_number);
}

struct Change {
  ContainerId container;
  const SetBlobProperties& request;
  const KnownLength& prepared;  // from here on all is cleared that the blob may grow over
  Timestamp now;
  const ServiceClock& time;
  SetBlobPropertiesResult result = {};  // out
  bool stale = false;                   // out: nothing was written, prepare it again
};

// What comes to lie behind the end takes room, but is seen by nobody: the reclaimer gives it back.
Result<void> set_length(storage::MetaView& view, const Change& change, BlobRecord& blob) {
  const std::uint64_t before = blob.properties.content_length;
  blob.properties.content_length = *change.request.length;
  ++blob.body.pages.length_changes;
  if (*change.request.length > before) return {};
  for (PageLayer& layer : blob.body.layers) {
    layer.end = std::min(layer.end, *change.request.length / kPageBytes);
    if (layer.end == 0) LAPIS_TRY_VOID(drop_body(view, change.container, as_body(layer)));
  }
  std::erase_if(blob.body.layers, [](const PageLayer& layer) { return layer.end == 0; });
  const PagesBehind behind{change.request.key.name, before / kPageBytes};
  queue_pages(view, change.container, {blob.body.pages.map, false, false, {}, behind});
  return {};
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const SetBlobProperties& request = change.request;
  LAPIS_TRY(BlobRecord blob, read_page_blob(view, change.container, request.key));
  BlobProperties& properties = blob.properties;
  LAPIS_TRY(const std::uint64_t number, check(request, properties, change.time));
  const bool grows = request.length && *request.length > properties.content_length;
  change.stale = grows && length_of(blob) != change.prepared;
  if (change.stale) return {};
  properties.sequence_number = number;
  if (!request.keeps_http) properties.http = request.http;
  if (request.length && *request.length != properties.content_length) {
    LAPIS_TRY_VOID(set_length(view, change, blob));
  }
  properties.copy.reset();  // from now on it is a blob of its own
  touch(properties, Etag{view.next_id()}, change.now, change.time);
  view.put(blob_key(change.container, request.key.name),
           encode_blob(properties, encode_body(blob.body)));
  change.result = {properties.etag, properties.last_modified, properties.sequence_number};
  return {};
}

// Makes ready for growing to the length that is asked for, if the request may have it.
io::Task<Result<KnownLength>> prepare(Service& service, ContainerId container,
                                      const SetBlobProperties& request) {
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container, request.key));
  if (!blob || !has_pages(blob->body) || !request.length) co_return KnownLength{};
  LAPIS_CO_TRY_VOID(check(request, blob->properties, *service.time));
  const KnownLength known = length_of(*blob);
  if (*request.length <= known.length) co_return known;
  // Where the length was changed meanwhile the transaction will find that.
  const std::uint64_t end = *request.length / kPageBytes;
  LAPIS_CO_TRY_VOID(co_await clear_behind(service, container, request.key.name, known, end));
  co_return known;
}

}  // namespace

io::Task<Result<SetBlobPropertiesResult>> set_page_properties(Service& service,
                                                              SetBlobProperties request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  for (int attempt = 0; attempt < kPageAttempts; ++attempt) {
    LAPIS_CO_TRY(const KnownLength prepared, co_await prepare(service, container->id, request));
    Change change{container->id, request, prepared, service.clock.now(), *service.time};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
    if (!change.stale) co_return change.result;
  }
  co_return fail(ErrorCode::kServerBusy, "others keep changing the blob's length");
}

}  // namespace lapis::blob
