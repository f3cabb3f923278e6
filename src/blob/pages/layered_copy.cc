#include "blob/pages/layered_copy.h"

#include <algorithm>
#include <utility>

#include "blob/borrowing.h"
#include "blob/copy_rules.h"
#include "blob/immutability.h"
#include "blob/loan.h"
#include "blob/lookup.h"
#include "blob/pages/new_page_blob.h"
#include "blob/shared_body.h"
#include "blob/state_row.h"

namespace lapis::blob {
namespace {

struct Change {
  const LayeredCopy& copy;
  NamedAt at;
  const ServiceClock& time;
  // Of the source, where its own map was found to have no rows: the level is left out.
  std::optional<Etag> blank = {};
  std::optional<BorrowedState> borrowed = {};  // of another container
  bool is_too_deep = false;                    // out: nothing was written
  CopyBlobResult result = {};                  // out; its id is given
};

Result<BorrowedState> read_source(storage::MetaView& view, const LayeredCopy& copy) {
  LAPIS_TRY(StateRow row, read_state(view, copy.source_container, *copy.request.local));
  if (row.properties.type != BlobType::kPage) return fail(ErrorCode::kInvalidSourceBlobType);
  LAPIS_TRY_VOID(check_writable(row.properties));
  LAPIS_TRY_VOID(check_read(copy.request.source.conditions, target_of(row.properties)));
  LAPIS_TRY(BlobRecord blob, decode_blob(row.row));
  return BorrowedState{std::move(row.key), std::move(blob)};
}

// What the copy has beneath its own pages.
std::vector<PageLayer> layers_over(const BlobRecord& source, bool is_blank) {
  const std::uint64_t pages = source.properties.content_length / kPageBytes;
  std::vector<PageLayer> layers;
  if (!is_blank) {
    layers.push_back({source.body.pages, pages, source.body.id, source.body.lender});
  }
  for (PageLayer layer : source.body.layers) {
    layer.end = std::min(layer.end, pages);
    layers.push_back(layer);
  }
  if (pages == 0) layers.clear();
  return layers;
}

// The copy's row is about to hold them.
Result<void> hold(storage::MetaView& view, const Change& change,
                  const std::vector<PageLayer>& layers) {
  Body held;
  held.layers = layers;
  if (!change.borrowed) return share_body(view, change.at.container, held);
  take_loan(view, change.at.container, held);
  return {};
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const PutBlob& blob = change.copy.request.blob;
  BorrowedState source;
  if (change.borrowed) {
    source = *change.borrowed;
  } else {
    auto found = read_source(view, change.copy);
    if (!found) return fail(of_source(std::move(found).error()));
    source = *std::move(found);
  }
  const BlobProperties& properties = source.blob.properties;
  std::vector<PageLayer> layers = layers_over(source.blob, change.blank == properties.etag);
  change.is_too_deep = layers.size() > kMaxPageLayers;
  if (change.is_too_deep) return {};
  LAPIS_TRY_VOID(check_live(view, change.at.container));
  LAPIS_TRY_VOID(hold(view, change, layers));
  NewPageBlob copy{blob,
                   copy_of(properties, blob, change.at.now),
                   properties.sequence_number,
                   {},
                   true,
                   std::move(layers)};
  const auto written = write_page_blob(view, change.at, std::move(copy), change.time);
  if (!written) return fail(of_target(written.error()));
  change.result.etag = written->etag;
  change.result.last_modified = written->last_modified;
  change.result.version = written->version;
  return {};
}

// Whether the map of a state's own has no row at all.
Result<bool> is_blank(storage::MetaSnapshot& snapshot, ContainerId container, const Body& body) {
  const std::string prefix = page_map_prefix(space_of(container, body), body.pages.map);
  const auto cursor = snapshot.scan(prefix, prefix_end(prefix));
  if (cursor->valid()) return false;
  LAPIS_TRY_VOID(cursor->status());
  return true;
}

io::Task<Result<void>> look_at_source(Service& service, Change& change) {
  const LayeredCopy& copy = change.copy;
  const auto found = co_await find_blob(service, copy.source_container, *copy.request.local);
  if (!found) co_return fail(of_source(found.error()));
  if (!*found) co_return fail(ErrorCode::kBlobNotFound);
  const BlobRecord& source = **found;
  if (source.body.layers.empty() || !has_pages(source.body)) co_return Result<void>{};
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return is_blank(*snapshot, copy.source_container, source.body); };
  LAPIS_CO_TRY(const bool blank, co_await service.blocking.run(std::move(job)));
  if (blank) change.blank = source.properties.etag;
  change.is_too_deep = layers_over(source, change.blank.has_value()).size() > kMaxPageLayers;
  co_return Result<void>{};
}

io::Task<Result<BorrowedState>> borrow_source(Service& service, const Change& change) {
  const LayeredCopy& copy = change.copy;
  const Borrowing borrowing{copy.source_container, copy.container,
                            [&](storage::MetaView& view) { return read_source(view, copy); }};
  auto borrowed = co_await borrow(service, borrowing);
  if (!borrowed) co_return fail(of_source(std::move(borrowed).error()));
  co_return borrowed;
}

}  // namespace

io::Task<Result<std::optional<CopyBlobResult>>> copy_layered(Service& service, LayeredCopy copy) {
  const PutBlob& blob = copy.request.blob;
  LAPIS_CO_TRY(const Keeping keeping, co_await find_keeping(service, blob.key.account));
  const NamedAt at{copy.container, blob.key.name, service.clock.now(), keeping};
  Change change{copy, at, *service.time};
  change.result.copy = blob.copy->id;
  LAPIS_CO_TRY_VOID(co_await look_at_source(service, change));
  if (change.is_too_deep) co_return std::nullopt;
  if (copy.container != copy.source_container) {
    LAPIS_CO_TRY(change.borrowed, co_await borrow_source(service, change));
  }
  auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({copy.container}, std::move(transaction)));
  if (change.is_too_deep) co_return std::nullopt;
  co_return change.result;
}

}  // namespace lapis::blob
