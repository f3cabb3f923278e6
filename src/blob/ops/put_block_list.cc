#include "lapis/blob/ops/put_block_list.h"

#include "blob/block_list_commit.h"
#include "blob/immutability.h"
#include "blob/loan.h"
#include "blob/lookup.h"

namespace lapis::blob {
namespace {

// Blocks that keep arriving while their list is committed make the preparation stale each time.
constexpr int kAttempts = 8;

io::Task<Result<std::unique_ptr<PreparedCommit>>> prepare(Service& service, const NamedAt& at,
                                                          const PutBlockList& request) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return prepare_commit(*snapshot, at, request, *service.time); };
  co_return co_await service.blocking.run(std::move(job));
}

struct Change {
  const NamedAt& at;
  const PutBlockList& request;
  const PreparedCommit& prepared;
  const ServiceClock& time;
  bool stale = false;         // out: nothing was written, prepare again
  BlobProperties properties;  // out
};

Result<void> apply(storage::MetaView& view, Change& change) {
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.at.container, change.at.name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  const bool staged = rows.upload.has_value();
  LAPIS_TRY_VOID(check_replace(claim_of(change.request), existing, staged, change.time));
  LAPIS_TRY(const bool is_true, still_true(view, change.at, change.prepared, rows));
  change.stale = !is_true;
  if (change.stale) return {};
  LAPIS_TRY(change.properties, write_commit(view, change.at, change.request, change.prepared,
                                            std::move(rows), change.time));
  return {};
}

}  // namespace

io::Task<Result<PutBlockListResult>> put_block_list(Service& service, PutBlockList request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_protection(service, request.key.account, request.protection));
  auto keeping = peek_keeping(service, request.key.account);
  if (!keeping) {
    LAPIS_CO_TRY(keeping, co_await find_keeping(service, request.key.account));
  }
  NamedAt at{container->id, request.key.name, {}, *keeping};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    LAPIS_CO_TRY(const auto prepared, co_await prepare(service, at, request));
    if (!prepared->kept.empty() && prepared->sharing.lender != Lender{}) {
      const Loan loan{prepared->sharing.lender, at.container, prepared->body};
      LAPIS_CO_TRY(const bool owned, co_await own_lent_blocks(service, loan, prepared->kept));
      if (!owned) continue;
    }
    at.now = service.clock.now();
    Change change{at, request, *prepared, *service.time, false, {}};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
    if (!change.stale) {
      const BlobProperties& made = change.properties;
      co_return PutBlockListResult{made.etag, made.last_modified, made.version};
    }
  }
  co_return fail(ErrorCode::kServerBusy, "blocks keep changing while their list is committed");
}

}  // namespace lapis::blob
