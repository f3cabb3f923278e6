#include "lapis/blob/ops/copy_blob.h"

#include <utility>

#include "blob/body_intake.h"
#include "blob/copy_rules.h"
#include "blob/lookup.h"
#include "blob/pages/page_copy.h"
#include "blob/pages/pending_pages.h"
#include "blob/shared_copy.h"
#include "lapis/io/pulled_bytes.h"

namespace lapis::blob {
namespace {

// Its chunks are recorded in one transaction, with 8 KiB of checksums for 16 MiB.
constexpr std::uint64_t kMaxRewritten = std::uint64_t{256} << 30;

// Of a source whose properties are known: what Put Blob is to make.
Result<void> prepare(CopyBlob& request, const SourceProperties& properties) {
  LAPIS_TRY_VOID(check_source_length(properties.length, kMaxRewritten));
  PutBlob& blob = request.blob;
  blob.type = properties.type.value_or(BlobType::kBlock);
  LAPIS_TRY_VOID(check_copied_type(*blob.type, blob.tier, request.seal));
  blob.append_blocks = properties.append_blocks;
  blob.sealed = request.seal.value_or(properties.sealed);
  LAPIS_TRY_VOID(take_over(properties, {}, blob));
  blob.content_length = properties.length;
  blob.copy->copied = blob.copy->total = properties.length;
  return {};
}

io::Task<Result<CopyBlobResult>> put(Service& service, CopyBlob request,
                                     const SourceProperties& properties, io::ByteSource& body) {
  LAPIS_CO_TRY_VOID(prepare(request, properties));
  PutBlob& blob = request.blob;
  const Guid id = blob.copy->id;
  auto made = co_await put_blob(service, std::move(blob), body);
  if (!made) co_return fail(of_target(std::move(made).error()));
  co_return CopyBlobResult{made->etag, made->last_modified, id, made->version};
}

// The blob without its content, and the copy that is to bring that. `source`: as it is to be asked.
io::Task<Result<CopyBlobResult>> put_pending(Service& service, CopyBlob request,
                                             SourceRequest source,
                                             const SourceProperties& properties) {
  LAPIS_CO_TRY_VOID(prepare(request, properties));
  LAPIS_CO_TRY_VOID(check_room(service, properties.length));
  PutBlob& blob = request.blob;
  CopyProperties& copy = *blob.copy;
  copy.status = CopyStatus::kPending;
  copy.copied = 0;
  const Guid id = copy.id;
  PendingCopy pending{.id = id, .container = {}, .key = blob.key, .source = std::move(source)};
  pending.length = std::exchange(blob.content_length, 0);
  pending.md5 = std::exchange(blob.http.content_md5, std::nullopt);
  pending.append_blocks = std::exchange(blob.append_blocks, 0);
  pending.sealed = std::exchange(blob.sealed, false);
  pending.began = service.clock.now();
  blob.pending = std::move(pending);
  io::PulledBytes nothing;
  auto made = co_await put_blob(service, std::move(blob), nothing);
  if (!made) co_return fail(of_target(std::move(made).error()));
  service.copies->add(id);
  co_return CopyBlobResult{made->etag, made->last_modified, id, made->version,
                           CopyStatus::kPending};
}

io::Task<Result<CopyBlobResult>> copy_local(Service& service, const CopyBlob& request) {
  LAPIS_CO_TRY(const auto target, co_await find_container(service, request.blob.key));
  const auto container = co_await find_container(service, *request.local);
  if (!container) co_return fail(of_source(container.error()));
  const SharedCopy shared{target->id,   (*container)->id, *request.local, request.source.conditions,
                          request.blob, request.seal};
  LAPIS_CO_TRY(const auto copied, co_await copy_shared(service, shared));
  co_return CopyBlobResult{copied.etag, copied.last_modified, request.blob.copy->id,
                           copied.version};
}

// Whether a source may be the very blob that the copy replaces, by whatever URL: the blob without
// content that a pending copy begins with would be the end of it.
io::Task<Result<bool>> may_be_itself(Service& service, const CopyBlob& request,
                                     const SourceProperties& source) {
  const BlobKey& key = request.blob.key;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, key));
  LAPIS_CO_TRY(const auto existing, co_await find_blob(service, container->id, key));
  if (!existing) co_return false;
  const BlobProperties& properties = existing->properties;
  if (source.etag.empty()) co_return source.length == properties.content_length;
  co_return source.etag == properties.etag.quoted().view();
}

io::Task<Result<CopyBlobResult>> copy_elsewhere(Service& service, CopyBlob request,
                                                CopySources& sources) {
  auto source = co_await sources.open(request.source);
  if (!source) co_return fail(of_source(std::move(source).error()));
  const SourceProperties& properties = (*source)->properties();
  const bool has_pages = properties.type == BlobType::kPage;
  if (properties.own && (has_pages || properties.own->account == request.blob.key.account)) {
    request.local = properties.own;
    source->reset();
    if (!has_pages) co_return co_await copy_local(service, request);
    if (request.seal) co_return fail(ErrorCode::kInvalidSourceBlobType);
    co_return co_await copy_page_blob(service, std::move(request), sources);
  }
  bool is_pending =
      service.copies && (has_pages || properties.length > service.limits.copied_at_once);
  if (is_pending) {
    LAPIS_CO_TRY(const bool is_itself, co_await may_be_itself(service, request, properties));
    is_pending = !is_itself;
  }
  if (!is_pending) {
    co_return co_await put(service, std::move(request), properties, (*source)->body());
  }
  const SourceProperties told = properties;
  source->reset();  // it is asked again by who reads it
  SourceRequest again = std::move(request.source);
  again.if_match = told.etag;
  again.conditions = {};
  again.if_tags.clear();
  if (service.copies->count() >= PendingCopies::kMost) {
    co_return fail(ErrorCode::kServerBusy, "too many copies are pending");
  }
  const auto make_pending = has_pages ? put_pending_pages : put_pending;
  co_return co_await make_pending(service, std::move(request), std::move(again), told);
}

}  // namespace

io::Task<Result<CopyBlobResult>> copy_blob(Service& service, CopyBlob request,
                                           CopySources& sources) {
  LAPIS_CO_TRY_VOID(check_write_shape(request.source.conditions));
  PutBlob& blob = request.blob;
  blob.endless_leases_only = true;
  CopyProperties copy;
  copy.id = Guid::make();
  copy.source = shown_source(request.source.url);
  blob.copy = std::move(copy);
  if (request.local) {
    LAPIS_CO_TRY(const bool has_pages, co_await is_page_blob(service, *request.local));
    if (has_pages && request.seal) co_return fail(ErrorCode::kInvalidSourceBlobType);
    if (has_pages) co_return co_await copy_page_blob(service, std::move(request), sources);
  }
  blob.same_type = true;
  blob.type.reset();
  blob.keeps_md5 = true;
  const auto may = co_await check_put_blob(service, blob);
  if (!may) co_return fail(of_target(may.error()));
  if (request.local) co_return co_await copy_local(service, request);
  co_return co_await copy_elsewhere(service, std::move(request), sources);
}

}  // namespace lapis::blob
