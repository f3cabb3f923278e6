#include "lapis/blob/ops/put_page.h"

#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"
#include "blob/pages/page_body.h"
#include "blob/pages/page_clear.h"
#include "blob/pages/page_rules.h"

namespace lapis::blob {
namespace {

std::uint64_t first_page(const ByteRange& range) { return range.first / kPageBytes; }
std::uint64_t end_page(const ByteRange& range) { return (range.first + range.length) / kPageBytes; }

struct Change {
  ContainerId container;
  const PutPage& request;
  const TakenBody& taken;
  Timestamp now;
  const ServiceClock& time;
  PutPageResult result = {};  // out
  bool stale = false;         // out: nothing was written, plan it again
};

Result<void> apply(storage::MetaView& view, Change& change, const PagePlan& plan) {
  const PutPage& request = change.request;
  LAPIS_TRY(BlobRecord blob, read_page_blob(view, change.container, request.key));
  LAPIS_TRY_VOID(check_page_write(request, blob.properties, change.time));
  LAPIS_TRY(const auto planned, read_planned(view, change.container, plan, blob.body.pages));
  change.stale = !planned.has_value();
  if (change.stale) return {};
  const BlockBytesId bytes_row{change.taken.stored ? 0 : view.next_id()};
  const std::uint64_t first = first_page(request.range);
  LAPIS_TRY(const PageChange pages, change_of(change.container, change.taken, bytes_row, first,
                                              end_page(request.range) - first));
  LAPIS_TRY_VOID(change_pages(view, change.container, *planned, pages, blob.body.pages));
  record_pages(view, change.container, change.taken, bytes_row);
  touch(blob.properties, Etag{view.next_id()}, change.now, change.time);
  view.put(blob_key(change.container, request.key.name),
           encode_blob(blob.properties, encode_body(blob.body)));
  change.result.etag = blob.properties.etag;
  change.result.last_modified = blob.properties.last_modified;
  change.result.sequence_number = blob.properties.sequence_number;
  return {};
}

io::Task<Result<PutPageResult>> commit(Service& service, Change change) {
  const PutPage& request = change.request;
  for (int attempt = 0; attempt < kPageAttempts; ++attempt) {
    LAPIS_CO_TRY(const PagePlan plan,
                 co_await plan_pages(service, change.container, request.key, plan_write,
                                     first_page(request.range), end_page(request.range)));
    auto transaction = [&](storage::MetaView& view) { return apply(view, change, plan); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({change.container}, std::move(transaction)));
    if (!change.stale) co_return change.result;
  }
  co_return fail(ErrorCode::kServerBusy, "others keep overtaking a change of pages");
}

// The container, where nothing can be refused before there is a body.
io::Task<Result<ContainerId>> check_early(Service& service, const PutPage& request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  LAPIS_CO_TRY_VOID(check_page_write(request, blob->properties, *service.time));
  co_return container->id;
}

}  // namespace

io::Task<Result<void>> check_put_page(Service& service, const PutPage& request) {
  LAPIS_CO_TRY_VOID(co_await check_early(service, request));
  co_return Result<void>{};
}

io::Task<Result<PutPageResult>> put_page(Service& service, PutPage request, io::ByteSource& body) {
  LAPIS_CO_TRY(const ContainerId container, co_await check_early(service, request));
  LAPIS_CO_TRY_VOID(check_room(service, request.range.length));
  const bool want_md5 = request.want_md5 || request.hashes.md5.has_value();
  const IncomingBody incoming{container, request.key.name, request.range.length, want_md5};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  LAPIS_CO_TRY_VOID(check_hashes(request.hashes, taken));
  Change change{container, request, taken, service.clock.now(), *service.time};
  LAPIS_CO_TRY(PutPageResult result, co_await commit(service, std::move(change)));
  if (taken.stored) taken.stored->recorded();
  result.md5 = taken.md5;
  result.crc64 = taken.crc64;
  co_return result;
}

io::Task<Result<PutPageResult>> clear_pages(Service& service, PutPage request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  PutPageResult result;
  PageMapId begun;  // what the last transaction that was committed cleared pages of
  PageMapId map;
  PageClear clear{
      container->id, request.key, first_page(request.range), end_page(request.range), {}};
  clear.check = [&](const BlobRecord& blob) -> Result<void> {
    map = blob.body.pages.map;
    if (begun == PageMapId{}) return check_page_write(request, blob.properties, *service.time);
    if (begun != map) return fail(ErrorCode::kConditionNotMet, "replaced while it was cleared");
    PutPage rest{request.key, request.range, request.lease};
    return check_page_write(rest, blob.properties, *service.time);
  };
  clear.edit = [&](storage::MetaView& view, BlobProperties& properties) {
    touch(properties, Etag{view.next_id()}, service.clock.now(), *service.time);
    result.etag = properties.etag;
    result.last_modified = properties.last_modified;
    result.sequence_number = properties.sequence_number;
  };
  clear.committed = [&] { begun = map; };
  LAPIS_CO_TRY_VOID(co_await run_clear(service, std::move(clear)));
  co_return result;
}

}  // namespace lapis::blob
