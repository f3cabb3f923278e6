#include "lapis/blob/ops/append_block.h"

#include <memory>
#include <utility>

#include "blob/append_rules.h"
#include "blob/append_tail.h"
#include "blob/blob_rows.h"
#include "blob/body_fork.h"
#include "blob/body_intake.h"
#include "blob/loan.h"
#include "blob/lookup.h"
#include "blob/shared_body.h"

namespace lapis::blob {
namespace {

// A blob that keeps changing makes the preparation of its own body stale each time.
constexpr int kAttempts = 8;

struct Change {
  ContainerId container;
  const AppendBlock& request;
  const AppendedBytes appended;
  const std::uint64_t inline_limit;
  Timestamp now;
  const ServiceClock& time;
  const BodyFork* fork = nullptr;  // where the body has to be one of its own first
  bool needs_fork = false;         // out: nothing was written, prepare it
  AppendBlockResult result;        // out
};

// Makes `blob` ready to name more. False where that has to be prepared.
Result<bool> make_room(storage::MetaView& view, const Change& change, BlobRecord& blob) {
  const std::uint64_t grown = blob.properties.content_length + change.request.content_length;
  LAPIS_TRY(const bool may_grow, claim_growth(view, change.container, blob.body, grown));
  if (may_grow) return true;
  if (change.fork == nullptr || !is_of(*change.fork, blob)) return false;
  LAPIS_TRY_VOID(write_fork(view, change.container, *change.fork, blob.body));
  LAPIS_TRY(const bool may_now, claim_growth(view, change.container, blob.body, grown));
  return may_now;
}

Result<void> apply(storage::MetaView& view, Change& change) {
  const std::string key = blob_key(change.container, change.request.key.name);
  change.needs_fork = false;
  LAPIS_TRY_VOID(check_live(view, change.container));
  LAPIS_TRY(const auto row, view.get(key));
  if (!row) return fail(ErrorCode::kBlobNotFound);
  LAPIS_TRY(BlobRecord blob, decode_blob(*row));
  BlobProperties& properties = blob.properties;
  LAPIS_TRY_VOID(check_append(change.request, properties, change.time));
  if (!stays_inline(blob.body, change.appended, change.inline_limit)) {
    LAPIS_TRY(const bool is_ready, make_room(view, change, blob));
    change.needs_fork = !is_ready;
    if (change.needs_fork) return {};
  }
  append_bytes(view, change.container, change.appended, change.inline_limit, blob.body);
  change.result.offset = properties.content_length;
  properties.content_length += change.request.content_length;
  ++properties.append_blocks;
  touch(properties, Etag{view.next_id()}, change.now, change.time);
  view.put(key, encode_blob(properties, encode_body(blob.body)));
  change.result.etag = properties.etag;
  change.result.last_modified = properties.last_modified;
  change.result.blocks = properties.append_blocks;
  return {};
}

// What can be refused from memory, before the client has sent its body.
Result<void> check_early(Service& service, ContainerId container, const AppendBlock& request) {
  const auto existing = peek_blob(service, container, request.key.name);
  if (existing.value) {
    LAPIS_TRY_VOID(check_append(request, existing.value->properties, *service.time));
  }
  return check_room(service, request.content_length);
}

// Nothing where there is nothing to prepare from any more.
io::Task<Result<std::unique_ptr<BodyFork>>> fork_body(Service& service, const Change& change) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return prepare_fork(*snapshot, change.container, change.request.key.name); };
  LAPIS_CO_TRY(auto fork, co_await service.blocking.run(std::move(job)));
  if (fork && fork->lender != Lender{}) {
    const Loan loan{fork->lender, change.container, fork->body};
    LAPIS_CO_TRY(const bool is_owned, co_await own_lent_blocks(service, loan, fork->blocks));
    if (!is_owned) co_return nullptr;
  }
  co_return fork;
}

io::Task<Result<void>> commit(Service& service, Change& change) {
  std::unique_ptr<BodyFork> fork;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto transaction = [&change](storage::MetaView& view) { return apply(view, change); };
    LAPIS_CO_TRY_VOID(co_await service.meta.transact({change.container}, std::move(transaction)));
    if (!change.needs_fork) co_return Result<void>{};
    LAPIS_CO_TRY(fork, co_await fork_body(service, change));
    change.fork = fork.get();
  }
  co_return fail(ErrorCode::kServerBusy, "a blob keeps changing while it gets its own body");
}

}  // namespace

io::Task<Result<void>> check_append_block(Service& service, const AppendBlock& request) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, container->id, request.key));
  if (!existing) co_return fail(ErrorCode::kBlobNotFound);
  co_return check_append(request, existing->properties, *service.time);
}

io::Task<Result<AppendBlockResult>> append_block(Service& service, AppendBlock request,
                                                 io::ByteSource& body) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.conditions));
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY_VOID(check_early(service, container->id, request));

  const bool want_md5 = request.want_md5 || request.hashes.md5.has_value();
  const IncomingBody incoming{container->id, request.key.name, request.content_length, want_md5};
  LAPIS_CO_TRY(TakenBody taken, co_await take_body(service, incoming, body));
  LAPIS_CO_TRY_VOID(check_hashes(request.hashes, taken));

  const AppendedBytes appended{taken.bytes, taken.stored.get()};
  Change change{container->id,
                request,
                appended,
                service.limits.inline_body_bytes,
                service.clock.now(),
                *service.time,
                nullptr,
                false,
                {}};
  LAPIS_CO_TRY_VOID(co_await commit(service, change));
  if (taken.stored) taken.stored->recorded();
  change.result.md5 = taken.md5;
  change.result.crc64 = taken.crc64;
  co_return change.result;
}

}  // namespace lapis::blob
