#include "blob/pages/page_copy.h"

#include <algorithm>
#include <utility>

#include "blob/body_source.h"
#include "blob/copy_rules.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/pages/layered_copy.h"
#include "blob/pages/new_page_blob.h"
#include "blob/pages/page_body.h"
#include "blob/pages/page_listing.h"
#include "blob/state_row.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/io/pulled_bytes.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kRangesAtOnce = 1000;

// The source as of one moment.
struct Source {
  ContainerId container;
  PageSnapshot snapshot;
  BlobRecord blob;
};

// A map that is filled before anything holds it. Until then a release entry names it, which waits
// for the reads that began before it: for the one that copies. Where that ends without the copy,
// the map is freed.
struct Filled {
  ContainerId container;
  std::string name;  // of the blob that it is for
  std::string entry_key;
  PageBody pages;
};

Result<Source> read_source(PageSnapshot snapshot, ContainerId container, const CopyBlob& request) {
  LAPIS_TRY(const StateRow state, read_state(*snapshot, container, *request.local));
  LAPIS_TRY(BlobRecord blob, decode_blob(state.row));
  if (!has_pages(blob.body)) return fail(ErrorCode::kInvalidSourceBlobType);
  LAPIS_TRY_VOID(check_writable(blob.properties));
  const Result<void> met = check_read(request.source.conditions, target_of(blob.properties));
  if (!met) return fail(of_source(met.error()));
  return Source{container, std::move(snapshot), std::move(blob)};
}

io::Task<Result<Source>> open_source(Service& service, const CopyBlob& request) {
  const auto container = co_await find_container(service, *request.local);
  if (!container) co_return fail(of_source(container.error()));
  PageSnapshot snapshot = service.meta.snapshot();
  auto job = [&] { return read_source(snapshot, (*container)->id, request); };
  co_return co_await service.blocking.run(std::move(job));
}

io::Task<Result<Filled>> begin(Service& service, ContainerId container, const std::string& name) {
  Filled filled{container, name, {}, {}};
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY_VOID(check_live(view, container));
    filled.pages = {PageMapId{view.next_id()}, 1, 0};
    filled.entry_key = release_key(container, ReleaseId{view.next_id()});
    Release release;
    release.pages = PageRelease{filled.pages.map, true, false, {}};
    view.put(filled.entry_key, encode(release));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container}, std::move(transaction)));
  co_return filled;
}

// Nobody else writes to the map, so what is planned holds.
io::Task<Result<void>> write_part(Service& service, const Filled& filled, ByteRange range,
                                  io::ByteSource& body) {
  const IncomingBody incoming{filled.container, filled.name, range.length, false};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  const std::uint64_t first = range.first / kPageBytes;
  const std::uint64_t pages = range.length / kPageBytes;
  const auto snapshot = service.meta.snapshot();
  auto job = [&] {
    return plan_write(*snapshot, {{filled.container, filled.pages}}, first, first + pages);
  };
  LAPIS_CO_TRY(const PagePlan plan, co_await service.blocking.run(std::move(job)));
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY_VOID(check_live(view, filled.container));
    PageBody body_pages = filled.pages;
    LAPIS_TRY(const auto planned, read_planned(view, filled.container, plan, body_pages));
    if (!planned) return fail(ErrorCode::kInternalError, "pages of a copy were changed");
    const BlockBytesId bytes_row{taken.stored ? 0 : view.next_id()};
    LAPIS_TRY(const PageChange change, change_of(filled.container, taken, bytes_row, first, pages));
    LAPIS_TRY_VOID(change_pages(view, filled.container, *planned, change, body_pages));
    record_pages(view, filled.container, taken, bytes_row);
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({filled.container}, std::move(transaction)));
  if (taken.stored) taken.stored->recorded();
  co_return Result<void>{};
}

// Under the caller's pin.
io::Task<Result<void>> copy_range(Service& service, const Source& source, const Filled& filled,
                                  const PageRange& range, const CopyTurn& turn) {
  const std::uint64_t end = range.first + range.length;
  for (std::uint64_t at = range.first; at < end;) {
    LAPIS_CO_TRY_VOID(turn.check());
    const ByteRange part{at, std::min(kMaxPageWrite, end - at)};
    io::PulledBytes body(open_pages(service, source.snapshot,
                                    stack_of(source.container, source.blob.body), part, {}));
    LAPIS_CO_TRY_VOID(co_await write_part(service, filled, part, body));
    at += part.length;
  }
  co_return Result<void>{};
}

io::Task<Result<void>> copy_content(Service& service, const Source& source, const Filled& filled,
                                    const CopyTurn& turn) {
  const std::uint64_t pages = source.blob.properties.content_length / kPageBytes;
  const ListedPages listed{stack_of(source.container, source.blob.body), pages};
  PageListing listing{0, pages, kRangesAtOnce};
  while (true) {
    PageLister lister(*source.snapshot, listed, std::nullopt, listing);
    auto job = [&lister] { return lister.step(); };
    LAPIS_CO_TRY_VOID(co_await service.blocking.run(std::move(job)));
    const ListedRanges ranges = lister.take();
    for (const PageRange& range : ranges.ranges) {
      LAPIS_CO_TRY_VOID(co_await copy_range(service, source, filled, range, turn));
    }
    if (!ranges.next) co_return Result<void>{};
    listing.first = *ranges.next / kPageBytes;
  }
}

// The blob holds the map from here on.
io::Task<Result<CopyBlobResult>> publish(Service& service, const PutBlob& blob,
                                         const Source& source, const Filled& filled) {
  const BlobProperties& properties = source.blob.properties;
  LAPIS_CO_TRY(const Keeping keeping, co_await find_keeping(service, blob.key.account));
  const NamedAt at{filled.container, blob.key.name, service.clock.now(), keeping};
  const NewBlob made = copy_of(properties, blob, at.now);
  CopyBlobResult result;
  result.copy = blob.copy->id;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(const auto entry, view.get(filled.entry_key));
    if (!entry) return fail(ErrorCode::kInternalError, "the pages of a copy were freed");
    NewPageBlob copy{blob, made, properties.sequence_number, filled.pages, true};
    LAPIS_TRY(const BlobProperties written,
              write_page_blob(view, at, std::move(copy), *service.time));
    view.erase(filled.entry_key);
    result.etag = written.etag;
    result.last_modified = written.last_modified;
    result.version = written.version;
    return {};
  };
  const auto committed = co_await service.meta.transact({filled.container}, std::move(transaction));
  if (!committed) co_return fail(of_target(committed.error()));
  co_return result;
}

}  // namespace

io::Task<Result<bool>> is_page_blob(Service& service, const BlobKey& key) {
  const auto container = co_await find_container(service, key);
  if (!container) co_return false;
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, (*container)->id, key));
  co_return blob && blob->properties.type == BlobType::kPage;
}

// The pin is taken before the source is read, and before the entry that names the new map is there:
// neither is freed while this runs.
io::Task<Result<CopyBlobResult>> copy_page_blob(Service& service, CopyBlob request,
                                                CopySources& sources) {
  const ReadSlot::Pin pin = service.reads.begin();
  const PutBlob& blob = request.blob;
  if (blob.tier) co_return fail(ErrorCode::kInvalidBlobTier);
  LAPIS_CO_TRY_VOID(check_write_shape(blob.conditions));
  LAPIS_CO_TRY(const auto target, co_await find_container(service, blob.key));
  LAPIS_CO_TRY_VOID(check_protection(service, blob.key.account, blob.protection));
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, target->id, blob.key));
  const auto may = check_new_page_blob(blob, true, existing.get(), true, *service.time);
  if (!may) co_return fail(of_target(may.error()));
  if (request.local->account == blob.key.account) {
    const auto container = co_await find_container(service, *request.local);
    if (!container) co_return fail(of_source(container.error()));
    const LayeredCopy layered{request, target->id, (*container)->id};
    LAPIS_CO_TRY(const auto copied, co_await copy_layered(service, layered));
    if (copied) co_return *copied;
  }
  LAPIS_CO_TRY(const auto turn, co_await sources.take_turn());
  LAPIS_CO_TRY(const Source source, co_await open_source(service, request));
  LAPIS_CO_TRY(const Filled filled, co_await begin(service, target->id, blob.key.name));
  LAPIS_CO_TRY_VOID(co_await copy_content(service, source, filled, *turn));
  co_return co_await publish(service, blob, source, filled);
}

}  // namespace lapis::blob
