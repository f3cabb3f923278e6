#include "lapis/blob/ops/put_block_list.h"

#include "blob/block_list_commit.h"
#include "blob/lookup.h"

namespace lapis::blob {
namespace {

// Blocks that keep arriving while their list is committed make the preparation stale each time.
constexpr int kAttempts = 8;

io::Task<Result<std::unique_ptr<PreparedCommit>>> prepare(Service& service, ContainerId container,
                                                          const PutBlockList& request) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return prepare_commit(*snapshot, container, request, *service.time); };
  co_return co_await service.blocking.run(std::move(job));
}

struct Change {
  ContainerId container;
  const PutBlockList& request;
  const PreparedCommit& prepared;
  Timestamp now;
  const ServiceClock& time;
  bool stale = false;         // out: nothing was written, prepare again
  BlobProperties properties;  // out
};

Result<void> apply(storage::MetaView& view, Change& change) {
  LAPIS_TRY(BlobRows rows, read_blob_rows(view, change.container, change.request.key.name));
  const BlobRecord* existing = rows.blob ? &*rows.blob : nullptr;
  LAPIS_TRY_VOID(check_replace(claim_of(change.request), existing, change.time));
  LAPIS_TRY(const bool is_true, still_true(view, change.container, change.prepared, rows));
  change.stale = !is_true;
  if (change.stale) return {};
  LAPIS_TRY(change.properties, write_commit(view, change.container, change.request, change.prepared,
                                            std::move(rows), change.now, change.time));
  return {};
}

}  // namespace

io::Task<Result<PutBlockListResult>> put_block_list(Service& service, PutBlockList request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    LAPIS_CO_TRY(const auto prepared, co_await prepare(service, container->id, request));
    Change change{container->id, request, *prepared, service.clock.now(), *service.time, false, {}};
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({container->id}, std::move(transaction)));
    if (!change.stale) {
      co_return PutBlockListResult{change.properties.etag, change.properties.last_modified};
    }
  }
  co_return fail(ErrorCode::kServerBusy, "blocks keep changing while their list is committed");
}

}  // namespace lapis::blob
