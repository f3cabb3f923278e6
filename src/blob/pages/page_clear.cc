#include "blob/pages/page_clear.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/lookup.h"

namespace lapis::blob {
namespace {

bool is_blank(const PagePlan& plan) {
  return std::ranges::all_of(
      plan.stripes, [](const StripeRow& row) { return row.pieces.empty() && row.beneath.empty(); });
}

Result<BlobRecord> read_row(storage::MetaView& view, ContainerId container, const BlobKey& key) {
  LAPIS_TRY(const auto row, view.get(blob_key(container, key.name)));
  if (!row) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(BlobRecord blob, decode_blob(*row));
  if (!has_pages(blob.body)) return fail(ErrorCode::kInvalidBlobType);
  return blob;
}

// What nobody sees is cleared in a container that is kept as well.
Result<BlobRecord> read_to_clear(storage::MetaView& view, const PageClear& clear) {
  if (clear.edit) return read_page_blob(view, clear.container, clear.key);
  LAPIS_TRY_VOID(read_content(view, clear.container));
  return read_row(view, clear.container, clear.key);
}

// False where the plan is out of date.
Result<bool> apply(storage::MetaView& view, const PageClear& clear, const PagePlan& plan,
                   std::uint64_t first) {
  LAPIS_TRY(BlobRecord blob, read_to_clear(view, clear));
  LAPIS_TRY_VOID(clear.check(blob));
  PageBody& pages = blob.body.pages;
  LAPIS_TRY(const auto planned, read_planned(view, clear.container, plan, pages));
  if (!planned) return false;
  const PageChange change{first, plan.end};
  LAPIS_TRY_VOID(change_pages(view, clear.container, *planned, change, pages));
  if (clear.edit) clear.edit(view, blob.properties);
  if (!clear.edit && pages.generation == plan.pages.generation) return true;
  view.put(blob_key(clear.container, clear.key.name),
           encode_blob(blob.properties, encode_body(blob.body)));
  return true;
}

}  // namespace

io::Task<Result<PagePlan>> plan_pages(Service& service, ContainerId container, const BlobKey& key,
                                      Planner planner, std::uint64_t first, std::uint64_t end) {
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container, key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  if (!has_pages(blob->body)) co_return fail(ErrorCode::kInvalidBlobType);
  const auto snapshot = service.meta.snapshot();
  const PageStack stack = stack_of(container, blob->body);
  auto job = [&] { return planner(*snapshot, stack, first, end); };
  co_return co_await service.blocking.run(std::move(job));
}

Result<BlobRecord> read_page_blob(storage::MetaView& view, ContainerId container,
                                  const BlobKey& key) {
  LAPIS_TRY_VOID(check_live(view, container));
  return read_row(view, container, key);
}

io::Task<Result<void>> run_clear(Service& service, PageClear clear) {
  std::uint64_t first = clear.first;
  bool has_begun = false;
  for (int attempt = 0; attempt < kPageAttempts; ++attempt) {
    LAPIS_CO_TRY(const PagePlan plan, co_await plan_pages(service, clear.container, clear.key,
                                                          plan_clear, first, clear.end));
    const bool is_last = plan.end == clear.end;
    const bool is_seen = clear.edit && is_last && !has_begun;  // although nothing is cleared
    if (is_seen || !is_blank(plan)) {
      bool done = false;
      auto transaction = [&](storage::MetaView& view) -> Result<void> {
        LAPIS_TRY(done, apply(view, clear, plan, first));
        return {};
      };
      LAPIS_CO_TRY_VOID(co_await service.meta.transact({clear.container}, std::move(transaction)));
      if (!done) continue;
      if (clear.committed) clear.committed();
      has_begun = true;
    }
    if (is_last) co_return Result<void>{};
    first = plan.end;
    attempt = -1;
  }
  co_return fail(ErrorCode::kServerBusy, "others keep overtaking a change of pages");
}

}  // namespace lapis::blob
