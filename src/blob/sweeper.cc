#include "blob/sweeper.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/loan.h"
#include "blob/pages/page_map.h"
#include "blob/release_batch.h"
#include "blob/row_pages.h"
#include "blob/shared_body.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

using storage::Table;

Result<bool> look(storage::MetaSnapshot& snapshot) {
  const std::string entries = table_prefix(Table::kRelease);
  const auto cursor = snapshot.scan(entries, prefix_end(entries));
  if (cursor->valid()) return true;
  LAPIS_TRY_VOID(cursor->status());
  const std::string states = table_prefix(Table::kContainerState);
  const auto containers = snapshot.scan(states, prefix_end(states));
  for (; containers->valid(); containers->next()) {
    LAPIS_TRY(const ContainerState state, decode_container_state(containers->value()));
    if (is_ended(state)) return true;
  }
  LAPIS_TRY_VOID(containers->status());
  return false;
}

io::Task<Result<void>> release_entry(Service& service, ReleaseBatch& batch, Row row) {
  LAPIS_CO_TRY(const Release release, decode_release(row.value));
  LAPIS_CO_TRY_VOID(co_await batch.add_body(release.body, release.owner));
  for (SegmentId segment : release.emptied) {
    LAPIS_CO_TRY_VOID(co_await batch.add_segment_row(segment));
  }
  if (release.upload != UploadId{}) {
    LAPIS_CO_TRY_VOID(co_await batch.add_upload(release.upload));
  }
  if (release.pages) LAPIS_CO_TRY_VOID(co_await batch.add_pages(*release.pages));
  if (release.loan) LAPIS_CO_TRY_VOID(co_await settle_loan(service, *release.loan));
  co_return co_await batch.add_row(std::move(row.key));
}

bool is_lent(const PageMap& map) {
  return std::ranges::any_of(map.generations, [](const auto& one) { return one.loans != 0; });
}

// Whether loans hold a body by now. In a deleted container one that is not lent never is again.
io::Task<Result<bool>> may_be_lent(Service& service, ContainerId container, const Body& body) {
  if (has_pages(body)) {
    LAPIS_CO_TRY(const auto row,
                 co_await service.meta.get(page_map_key(container, body.pages.map)));
    if (!row) co_return false;
    LAPIS_CO_TRY(const PageMap map, decode_page_map(*row));
    co_return is_lent(map);
  }
  if (body.id == BodyId{}) co_return false;
  LAPIS_CO_TRY(const auto row, co_await service.meta.get(shared_body_key(container, body.id)));
  if (!row) co_return false;
  LAPIS_CO_TRY(const SharedBody sharing, decode_shared_body(*row));
  co_return sharing.loans != 0;
}

// Whether a body of a deleted container's row is not freed with it: it is another container's, or
// has been lent, and the last loan to come back frees it. That no row counts any more is noted
// before the first of them goes.
io::Task<Result<bool>> stays_with_others(Service& service, ContainerId container,
                                         const Body& body) {
  if (is_borrowed(body)) co_return true;
  LAPIS_CO_TRY(const bool may_stay, co_await may_be_lent(service, container, body));
  if (!may_stay) co_return false;
  bool stays = false;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    LAPIS_TRY(stays, leave_to_loans(view, container, body));
    return {};
  };
  LAPIS_CO_TRY_VOID(co_await service.meta.transact({container}, std::move(transaction)));
  co_return stays;
}

// Without its layers.
io::Task<Result<void>> sweep_body(Service& service, ReleaseBatch& batch, ContainerId container,
                                  const Body& body) {
  LAPIS_CO_TRY(const bool stays, co_await stays_with_others(service, container, body));
  if (stays) co_return Result<void>{};
  co_return co_await batch.add_body(body, body.id);
}

// A row of a deleted container's names is its own release entry.
io::Task<Result<void>> sweep_name(Service& service, ReleaseBatch& batch, Row row) {
  const auto key = parse_name_key(row.key);
  if (!key) co_return fail(ErrorCode::kInternalError, "blob key is damaged");
  if (key->row == NameRow::kUpload) {
    LAPIS_CO_TRY(const UploadRecord upload, decode_upload(row.value));
    LAPIS_CO_TRY_VOID(co_await batch.add_upload(upload.id));
  } else {
    LAPIS_CO_TRY(const BlobRecord blob, decode_state(key->row, row.value));
    LAPIS_CO_TRY_VOID(co_await sweep_body(service, batch, key->container, blob.body));
    for (const PageLayer& layer : blob.body.layers) {
      LAPIS_CO_TRY_VOID(co_await sweep_body(service, batch, key->container, as_body(layer)));
    }
    if (const auto& deletion = blob.properties.deletion) {
      const auto time = key->row == NameRow::kPast ? std::optional(key->time) : std::nullopt;
      LAPIS_CO_TRY_VOID(
          co_await batch.add_row(expiry_key(deletion->until, key->container, key->name, time)));
    }
  }
  co_return co_await batch.add_row(std::move(row.key));
}

// A row that cannot be walked stays where it is, and is loudly spoken of: it must not keep all
// others from being freed. One that others were in the way of is walked by the next pass.
void leave_in_place(const char* what, const Error& error) {
  if (error.code == ErrorCode::kServerBusy) {
    log_info("blob", "left for the next pass", {{"row", what}, {"reason", to_string(error)}});
    return;
  }
  log_error("blob", "left in place, as it cannot be read",
            {{"row", what}, {"reason", to_string(error)}});
}

// What rows hold has gone with them; a body that was kept though its row had gone goes with this,
// and what was lent when it comes back.
io::Task<Result<void>> sweep_shared_body(Service& service, ReleaseBatch& batch, Row row) {
  const auto key = parse_shared_body_key(row.key);
  if (!key) co_return fail(ErrorCode::kInternalError, "key of a shared body is damaged");
  LAPIS_CO_TRY(const SharedBody sharing, decode_shared_body(row.value));
  if (sharing.loans != 0) co_return Result<void>{};
  if (sharing.lender != Lender{}) {
    const Loan loan{sharing.lender, key->container, key->body};
    LAPIS_CO_TRY_VOID(co_await return_loan(service, loan));
  }
  LAPIS_CO_TRY_VOID(co_await batch.add_body(sharing.kept, key->body));
  co_return co_await batch.add_row(std::move(row.key));
}

// The index of a deleted container's tags names nothing that has to be freed. Nothing is written
// where it has none: a container that cannot be emptied comes again with every pass.
io::Task<Result<void>> sweep_tags(Service& service, ContainerId container) {
  const std::string first = container_prefix(Table::kTag, container);
  const std::string last = prefix_end(first);
  LAPIS_CO_TRY(const RowPage page, co_await read_page(service, first, last));
  if (page.empty()) co_return Result<void>{};
  auto transaction = [&first, &last](storage::MetaView& view) -> Result<void> {
    view.erase_range(first, last);
    return {};
  };
  co_return co_await service.meta.transact({container}, std::move(transaction));
}

// What it names has gone with the rows that held it, or goes when the last loan comes back.
io::Task<Result<void>> sweep_page_map(Service&, ReleaseBatch& batch, Row row) {
  LAPIS_CO_TRY(const PageMap map, decode_page_map(row.value));
  if (is_lent(map)) co_return Result<void>{};
  co_return co_await batch.add_row(std::move(row.key));
}

using SweepRow = io::Task<Result<void>> (*)(Service&, ReleaseBatch&, Row);

// Sweeps the container's rows of a table. Returns whether all are gone; an error where nothing
// further can be freed.
io::Task<Result<bool>> sweep_table(Service& service, ReleaseBatch& batch, ContainerId container,
                                   Table table, SweepRow sweep, ReclaimStats& stats) {
  bool is_empty = true;
  std::string first = container_prefix(table, container);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service, first, last));
    if (page.empty()) co_return is_empty;
    first = after(page);
    for (Row& row : page) {
      const Result<void> swept = co_await sweep(service, batch, std::move(row));
      if (swept) {
        ++stats.swept_rows;
        continue;
      }
      if (batch.has_failed()) co_return fail(swept.error());
      is_empty = false;
      leave_in_place("row in a deleted container", swept.error());
    }
  }
}

// No transaction puts a row into a deleted container, so what is walked once is all there is. Its
// release entries are older than its deletion and were walked before.
io::Task<Result<void>> sweep_container(Service& service, ContainerId container,
                                       ReclaimStats& stats) {
  LAPIS_CO_TRY_VOID(co_await sweep_tags(service, container));
  ReleaseBatch batch(service, container, stats);
  LAPIS_CO_TRY(const bool no_names,
               co_await sweep_table(service, batch, container, Table::kBlob, sweep_name, stats));
  if (no_names) {
    LAPIS_CO_TRY(const bool is_empty,
                 co_await sweep_table(service, batch, container, Table::kSharedBody,
                                      sweep_shared_body, stats));
    LAPIS_CO_TRY(const bool no_maps, co_await sweep_table(service, batch, container,
                                                          Table::kPageMap, sweep_page_map, stats));
    if (is_empty && no_maps)
      LAPIS_CO_TRY_VOID(co_await batch.add_row(container_state_key(container)));
  }
  co_return co_await batch.flush();
}

// One page of entries, each container's in a batch of its own.
io::Task<Result<void>> release_page(Service& service, RowPage page, std::uint64_t below,
                                    ThinnedMaps& thinned, ReclaimStats& stats) {
  std::unique_ptr<ReleaseBatch> batch;
  ContainerId container;
  for (Row& row : page) {
    const auto key = parse_release_key(row.key);
    if (!key) co_return fail(ErrorCode::kInternalError, "release key is damaged");
    if (key->entry.value >= below) continue;
    if (!batch || container != key->container) {
      if (batch) LAPIS_CO_TRY_VOID(co_await batch->flush());
      container = key->container;
      batch = std::make_unique<ReleaseBatch>(service, container, stats, &thinned);
    }
    const Result<void> released = co_await release_entry(service, *batch, std::move(row));
    if (batch->has_failed()) co_return released;
    if (released) {
      ++stats.released_entries;
    } else {
      leave_in_place("release entry", released.error());
    }
  }
  if (batch) LAPIS_CO_TRY_VOID(co_await batch->flush());
  co_return Result<void>{};
}

}  // namespace

std::uint64_t count_release_entries(storage::MetaStore& meta, std::uint64_t limit) {
  const std::string entries = table_prefix(Table::kRelease);
  const auto snapshot = meta.snapshot();
  const auto cursor = snapshot->scan(entries, prefix_end(entries));
  std::uint64_t count = 0;
  for (; count < limit && cursor->valid(); cursor->next()) ++count;
  return count;
}

io::Task<Result<bool>> anything_waits(Service& service) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return look(*snapshot); };
  co_return co_await service.blocking.run(std::move(job));
}

io::Task<Result<void>> release_entries(Service& service, std::uint64_t below, ReclaimStats& stats) {
  std::string first = table_prefix(Table::kRelease);
  const std::string last = prefix_end(first);
  ThinnedMaps thinned;
  while (true) {
    LAPIS_CO_TRY(RowPage page, co_await read_page(service, first, last));
    if (page.empty()) break;
    first = after(page);
    LAPIS_CO_TRY_VOID(co_await release_page(service, std::move(page), below, thinned, stats));
  }
  co_return Result<void>{};
}

io::Task<Result<void>> sweep_containers(Service& service, std::uint64_t below,
                                        ReclaimStats& stats) {
  std::string first = table_prefix(Table::kContainerState);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(const RowPage page, co_await read_page(service, first, last));
    if (page.empty()) break;
    first = after(page);
    for (const Row& row : page) {
      const auto container = parse_container_state_key(row.key);
      if (!container) co_return fail(ErrorCode::kInternalError, "state key is damaged");
      LAPIS_CO_TRY(const ContainerState state, decode_container_state(row.value));
      if (!is_ended(state) || state.deleted >= below) continue;
      LAPIS_CO_TRY_VOID(co_await sweep_container(service, *container, stats));
    }
  }
  co_return Result<void>{};
}

}  // namespace lapis::blob
