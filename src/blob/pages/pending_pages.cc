#include "blob/pages/pending_pages.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/body_intake.h"
#include "blob/copy_rules.h"
#include "blob/immutability.h"
#include "blob/lookup.h"
#include "blob/pages/new_page_blob.h"
#include "blob/pages/page_body.h"
#include "blob/pages/page_change.h"
#include "blob/pages/page_length.h"
#include "blob/pending_state.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/io/pulled_bytes.h"

namespace lapis::blob {
namespace {

// Zeros between two runs that are written as one.
constexpr std::size_t kJoined = 8 * kPageBytes;

bool is_zero(const char* page) {
  static constexpr char kZeros[kPageBytes] = {};
  return std::memcmp(page, kZeros, kPageBytes) == 0;
}

// Bytes of a part that are written: whole pages, not all of them zeros.
struct WrittenRun {
  std::size_t first = 0;
  std::size_t length = 0;
  std::size_t end() const { return first + length; }
};

std::vector<WrittenRun> runs_of(const std::string& part) {
  std::vector<WrittenRun> runs;
  for (std::size_t at = 0; at < part.size(); at += kPageBytes) {
    if (is_zero(part.data() + at)) continue;
    if (!runs.empty() && at - runs.back().end() <= kJoined) {
      runs.back().length = at + kPageBytes - runs.back().first;
    } else {
      runs.push_back({at, kPageBytes});
    }
  }
  return runs;
}

// The blob that waits for the copy, in a transaction or before one.
template <class View>
Result<BlobRecord> read_waiting(View& view, const PendingCopy& copy) {
  LAPIS_TRY(const auto row, view.get(blob_key(copy.container, copy.key.name)));
  if (row) {
    LAPIS_TRY(BlobRecord blob, decode_blob(*row));
    const BlobProperties& properties = blob.properties;
    const bool waits = is_pending(properties) && properties.copy->id == copy.id;
    if (waits && has_pages(blob.body)) return blob;
  }
  return fail(ErrorCode::kNoPendingCopyOperation, "the copy has ended meanwhile");
}

class Bringer {
 public:
  Bringer(Service& service, const PendingCopy& copy) : service_(service), copy_(copy) {}

  // What an earlier try has left behind the end.
  io::Task<Result<void>> clear() {
    if (copy_.length == 0) co_return Result<void>{};
    LAPIS_CO_TRY(const BlobRecord blob, co_await find());
    LAPIS_CO_TRY(const bool is_same,
                 co_await clear_behind(service_, copy_.container, copy_.key.name, length_of(blob),
                                       copy_.length / kPageBytes));
    if (!is_same) {
      co_return fail(ErrorCode::kNoPendingCopyOperation, "the blob has another length");
    }
    LAPIS_CO_TRY(const BlobRecord cleared, co_await find());
    pages_ = cleared.body.pages;
    co_return Result<void>{};
  }

  io::Task<Result<void>> write_part(std::uint64_t first, const std::string& part) {
    for (const WrittenRun& run : runs_of(part)) {
      io::PulledBytes bytes(part.substr(run.first, run.length));
      LAPIS_CO_TRY_VOID(co_await write_run({first + run.first, run.length}, bytes));
    }
    co_return Result<void>{};
  }

 private:
  io::Task<Result<BlobRecord>> find() {
    const auto snapshot = service_.meta.snapshot();
    auto job = [&] { return read_waiting(*snapshot, copy_); };
    co_return co_await service_.blocking.run(std::move(job));
  }

  // Nobody else writes to the map, so what is planned holds.
  io::Task<Result<void>> write_run(ByteRange range, io::ByteSource& bytes) {
    const IncomingBody incoming{copy_.container, copy_.key.name, range.length, false};
    LAPIS_CO_TRY(TakenBody taken, co_await take_body(service_, incoming, bytes));
    const std::uint64_t first = range.first / kPageBytes;
    const std::uint64_t pages = range.length / kPageBytes;
    const auto snapshot = service_.meta.snapshot();
    const PageStack stack{{copy_.container, pages_}};
    auto job = [&] { return plan_write(*snapshot, stack, first, first + pages); };
    LAPIS_CO_TRY(const PagePlan plan, co_await service_.blocking.run(std::move(job)));
    auto transaction = [&](storage::MetaView& view) -> Result<void> {
      LAPIS_TRY_VOID(read_content(view, copy_.container));
      LAPIS_TRY(BlobRecord blob, read_waiting(view, copy_));
      PageBody& map = blob.body.pages;
      LAPIS_TRY(const auto planned, read_planned(view, copy_.container, plan, map));
      if (!planned) return fail(ErrorCode::kInternalError, "pages of a copy were changed");
      const BlockBytesId row{taken.stored ? 0 : view.next_id()};
      LAPIS_TRY(const PageChange change, change_of(copy_.container, taken, row, first, pages));
      LAPIS_TRY_VOID(change_pages(view, copy_.container, *planned, change, map));
      if (map.generation != plan.pages.generation) {
        return fail(ErrorCode::kInternalError, "pages of a copy are held by others");
      }
      record_pages(view, copy_.container, taken, row);
      return {};
    };
    LAPIS_CO_TRY_VOID(co_await service_.meta.transact({copy_.container}, std::move(transaction)));
    if (taken.stored) taken.stored->recorded();
    co_return Result<void>{};
  }

  Service& service_;
  const PendingCopy& copy_;
  PageBody pages_;
};

// What can be said of such a copy at once.
Result<void> prepare(CopyBlob& request, const SourceProperties& properties) {
  if (request.blob.tier) return fail(ErrorCode::kInvalidBlobTier);
  const bool is_long = properties.length > kMaxPageBlobBytes;
  if (request.seal || is_long || properties.length % kPageBytes != 0) {
    return fail(ErrorCode::kInvalidSourceBlobType);
  }
  return take_over(properties, {}, request.blob);
}

NewBlob without_content(const PutBlob& blob, Timestamp now) {
  NewBlob made;
  made.now = now;
  made.type = BlobType::kPage;
  made.http = blob.http;
  made.http.content_md5.reset();
  made.metadata = blob.metadata;
  made.tags = blob.tags;
  made.copy = blob.copy;
  made.protection = blob.protection;
  return made;
}

}  // namespace

io::Task<Result<CopyBlobResult>> put_pending_pages(Service& service, CopyBlob request,
                                                   SourceRequest source,
                                                   const SourceProperties& properties) {
  LAPIS_CO_TRY_VOID(prepare(request, properties));
  PutBlob& blob = request.blob;
  LAPIS_CO_TRY(const auto container, co_await find_container(service, blob.key));
  blob.copy->status = CopyStatus::kPending;
  blob.copy->copied = 0;
  blob.copy->total = properties.length;
  PendingCopy pending{.id = blob.copy->id,
                      .container = container->id,
                      .key = blob.key,
                      .source = std::move(source)};
  pending.length = properties.length;
  pending.md5 = blob.http.content_md5;
  pending.sequence_number = properties.sequence_number;
  pending.began = service.clock.now();
  LAPIS_CO_TRY(const Keeping keeping, co_await find_keeping(service, blob.key.account));
  const NamedAt at{container->id, blob.key.name, pending.began, keeping};
  CopyBlobResult result;
  result.copy = pending.id;
  result.status = CopyStatus::kPending;
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    NewPageBlob made{blob, without_content(blob, at.now), 0, {}, true};
    LAPIS_TRY(const BlobProperties written,
              write_page_blob(view, at, std::move(made), *service.time));
    put_pending_copy(view, pending);
    result.etag = written.etag;
    result.last_modified = written.last_modified;
    result.version = written.version;
    return {};
  };
  const auto made = co_await service.meta.transact({container->id}, std::move(transaction));
  if (!made) co_return fail(of_target(made.error()));
  service.copies->add(pending.id);
  co_return result;
}

io::Task<Result<void>> bring_pages(Service& service, const PendingCopy& copy,
                                   io::ByteSource& body) {
  Bringer bringer(service, copy);
  LAPIS_CO_TRY_VOID(co_await bringer.clear());
  std::string part;
  for (std::uint64_t at = 0; at < copy.length; at += part.size()) {
    part.resize(std::min(kMaxPageWrite, copy.length - at));
    LAPIS_CO_TRY_VOID(co_await io::read_exactly(body, std::as_writable_bytes(std::span(part))));
    LAPIS_CO_TRY_VOID(co_await bringer.write_part(at, part));
  }
  co_return Result<void>{};
}

}  // namespace lapis::blob
