#include "blob/pages/page_properties.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/pages/page_clear.h"
#include "blob/pages/page_rules.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

// A length that the blob had, and still has where it was not changed since.
struct KnownLength {
  std::uint64_t length = 0;
  PageMapId map;
  std::uint64_t changes = 0;
  friend bool operator==(const KnownLength&, const KnownLength&) = default;
};
KnownLength length_of(const BlobRecord& blob) {
  const PageBody& pages = blob.body.pages;
  return {blob.properties.content_length, pages.map, pages.length_changes};
}

// Of a blob that has another length meanwhile: for the caller, never for a client.
std::unexpected<Error> outdated() { return fail(ErrorCode::kConditionNotMet, "another length"); }
bool is_outdated(const Error& error) { return error.code == ErrorCode::kConditionNotMet; }

// Clears pages behind the end of a blob of a known length.
io::Task<Result<void>> clear_unseen(Service& service, ContainerId container, const BlobKey& key,
                                    KnownLength known, std::uint64_t end) {
  PageClear clear{container, key, known.length / kPageBytes, end / kPageBytes, {}};
  clear.check = [known](const BlobRecord& blob) -> Result<void> {
    if (length_of(blob) != known) return outdated();
    return {};
  };
  co_return co_await run_clear(service, std::move(clear));
}

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

struct Change {
  ContainerId container;
  const SetBlobProperties& request;
  const KnownLength& prepared;  // from here on all is cleared that the blob may grow over
  Timestamp now;
  const ServiceClock& time;
  SetBlobPropertiesResult result = {};  // out
  KnownLength before = {};              // out
  KnownLength after = {};               // out
  bool stale = false;                   // out: nothing was written, prepare it again
};

Result<void> apply(storage::MetaView& view, Change& change) {
  const SetBlobProperties& request = change.request;
  LAPIS_TRY(BlobRecord blob, read_page_blob(view, change.container, request.key));
  BlobProperties& properties = blob.properties;
  LAPIS_TRY_VOID(check_change(LeaseUse::kWriteBlob, properties, request.lease, request.conditions,
                              change.time));
  change.before = length_of(blob);
  const bool grows = request.length && *request.length > properties.content_length;
  change.stale = grows && change.before != change.prepared;
  if (change.stale) return {};
  if (request.sequence) {
    LAPIS_TRY(properties.sequence_number, renumber(*request.sequence, properties.sequence_number));
  }
  if (!request.keeps_http) properties.http = request.http;
  if (request.length && *request.length != properties.content_length) {
    properties.content_length = *request.length;
    ++blob.body.pages.length_changes;
  }
  properties.copy.reset();  // from now on it is a blob of its own
  touch(properties, Etag{view.next_id()}, change.now, change.time);
  view.put(blob_key(change.container, request.key.name),
           encode_blob(properties, encode_body(blob.body)));
  change.after = length_of(blob);
  change.result = {properties.etag, properties.last_modified, properties.sequence_number};
  return {};
}

// What is behind the end of the blob takes room, but is seen by nobody: that it stays for now is no
// failure of the request.
io::Task<void> give_back(Service& service, const Change& change) {
  const Result<void> cleared = co_await clear_unseen(service, change.container, change.request.key,
                                                     change.after, change.before.length);
  if (cleared || is_outdated(cleared.error())) co_return;
  log_warn("blob", "pages behind the end of a page blob keep their room",
           {{"reason", to_string(cleared.error())}});
}

// Makes ready for growing to the length that is asked for.
io::Task<Result<KnownLength>> prepare(Service& service, ContainerId container,
                                      const SetBlobProperties& request) {
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container, request.key));
  if (!blob || !has_pages(blob->body) || !request.length) co_return KnownLength{};
  const KnownLength known = length_of(*blob);
  if (*request.length <= known.length) co_return known;
  const auto cleared =
      co_await clear_unseen(service, container, request.key, known, *request.length);
  if (!cleared && !is_outdated(cleared.error())) co_return fail(cleared.error());
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
    if (change.stale) continue;
    if (change.after.length < change.before.length) co_await give_back(service, change);
    co_return change.result;
  }
  co_return fail(ErrorCode::kServerBusy, "others keep changing the blob's length");
}

}  // namespace lapis::blob
