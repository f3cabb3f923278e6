#include "lapis/blob/ops/put_page.h"

#include <utility>

#include "blob/body_intake.h"
#include "blob/lookup.h"
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

// What the pages are to be in. A short body's row is drawn here, and put once all is well.
Result<std::vector<PageTarget>> targets_in(const Change& change, BlockBytesId bytes_row) {
  const std::uint64_t first = first_page(change.request.range);
  const auto pages = static_cast<std::uint32_t>(change.request.range.length / kPageBytes);
  std::vector<PageTarget> targets;
  if (!change.taken.stored) {
    targets.push_back({{change.container.value, bytes_row.value}, first, pages});
    return targets;
  }
  std::uint64_t at = first;
  for (const storage::ChunkRef& chunk : change.taken.stored->chunks()) {
    if (chunk.length % kPageBytes != 0) {
      return fail(ErrorCode::kInternalError, "a chunk ends within a page");
    }
    const auto length = static_cast<std::uint32_t>(chunk.length / kPageBytes);
    targets.push_back({{0, chunk.id.value}, at, length});
    at += length;
  }
  return targets;
}

Result<void> apply(storage::MetaView& view, Change& change, const PagePlan& plan) {
  const PutPage& request = change.request;
  LAPIS_TRY(BlobRecord blob, read_page_blob(view, change.container, request.key));
  LAPIS_TRY_VOID(check_page_write(request, blob.properties, change.time));
  const bool is_short = !change.taken.stored;
  const BlockBytesId bytes_row{is_short ? view.next_id() : 0};
  PageChange pages{first_page(request.range), end_page(request.range), {}};
  LAPIS_TRY(pages.targets, targets_in(change, bytes_row));
  LAPIS_TRY(const bool changed, change_pages(view, change.container, plan, pages, blob.body.pages));
  change.stale = !changed;
  if (change.stale) return {};
  if (is_short) {
    view.put(block_bytes_key(change.container, bytes_row), change.taken.bytes);
  } else {
    change.taken.stored->record(view, storage::HeatRank::kNormal);
  }
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
  co_return fail(ErrorCode::kServerBusy, "others keep writing to the same pages");
}

}  // namespace

io::Task<Result<void>> check_put_page(Service& service, const PutPage& request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  co_return check_page_write(request, blob->properties, *service.time);
}

io::Task<Result<PutPageResult>> put_page(Service& service, PutPage request, io::ByteSource& body) {
  LAPIS_CO_TRY_VOID(co_await check_put_page(service, request));
  LAPIS_CO_TRY_VOID(check_room(service, request.range.length));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  const bool want_md5 = request.want_md5 || request.hashes.md5.has_value();
  const IncomingBody incoming{container->id, request.key.name, request.range.length, want_md5};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  LAPIS_CO_TRY_VOID(check_hashes(request.hashes, taken));
  Change change{container->id, request, taken, service.clock.now(), *service.time};
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
