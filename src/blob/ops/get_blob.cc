#include "lapis/blob/ops/get_blob.h"

#include <algorithm>

#include "blob/blob_rows.h"
#include "blob/body_source.h"
#include "blob/body_walk.h"
#include "blob/last_access.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/pending_state.h"
#include "blob/range_hash.h"
#include "blob/state_row.h"

namespace lapis::blob {
namespace {

Result<void> check(const GetBlob& request, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.tier == AccessTier::kArchive && !request.leaves_archive) {
    return fail(ErrorCode::kBlobArchived);
  }
  LAPIS_TRY_VOID(check_lease(LeaseUse::kReadBlob, properties.lease, request.lease, time));
  LAPIS_TRY_VOID(check_content(properties));
  const ConditionTarget target = target_of(properties);
  if (request.single_condition) return check_single_read(request.conditions, target);
  return check_read(request.conditions, target);
}

// The part of a blob of `length` bytes that was asked for. An empty blob has no range at all, or
// (`empty_range`) nothing but an empty one.
Result<ByteRange> clamp(const RequestedRange& range, std::uint64_t length, bool empty_range) {
  if (length == 0 && empty_range) return ByteRange{};
  if (range.first >= length) {
    return fail(
        Error{ErrorCode::kInvalidRange}.with("Content-Range", "bytes */" + std::to_string(length)));
  }
  const std::uint64_t last = std::min(range.last.value_or(length - 1), length - 1);
  if (last < range.first) return fail(ErrorCode::kInvalidRange, "range ends before it begins");
  return ByteRange{range.first, last - range.first + 1};
}

// A page blob as it is now, and the rows of its pages as of the same moment: it is written to
// while it is read.
struct PageRead {
  PageSnapshot snapshot;
  Shared<BlobRecord> blob;  // null where it is gone
};
io::Task<Result<PageRead>> begin_page_read(Service& service, ContainerId container,
                                           const BlobKey& key) {
  PageRead read;
  read.snapshot = service.meta.snapshot();
  auto job = [&]() -> Result<Shared<BlobRecord>> {
    const auto state = read_state(*read.snapshot, container, key);
    if (!state && state.error().code == ErrorCode::kBlobNotFound) return nullptr;
    LAPIS_TRY_VOID(state);
    LAPIS_TRY(BlobRecord blob, decode_blob(state->row));
    return std::make_shared<const BlobRecord>(std::move(blob));
  };
  LAPIS_CO_TRY(read.blob, co_await service.blocking.run(std::move(job)));
  co_return read;
}

// One read of a blob: how its content is reached.
class Content {
 public:
  Content(Service& service, ContainerId container, Shared<BlobRecord> blob, PageSnapshot pages)
      : service_(service),
        container_(container),
        blob_(std::move(blob)),
        pages_(std::move(pages)) {}

  std::unique_ptr<io::BufferSource> open(ByteRange range, ReadSlot::Pin pin) const {
    if (!has_pages(blob_->body)) {
      return open_body(service_, container_, blob_, range, std::move(pin));
    }
    return open_pages(service_, pages_, stack_of(container_, blob_->body), range, std::move(pin));
  }
  // Under the caller's pin.
  io::Task<Result<void>> hash(RangeHash hash, ByteRange range, GetBlobResult& result) const {
    LAPIS_CO_TRY_VOID(check_hashed_range(hash, range));
    if (hash == RangeHash::kMd5) {
      LAPIS_CO_TRY(result.range_md5, co_await md5_of_range(open(range, {})));
    } else if (has_pages(blob_->body)) {
      PageWalk walk(service_, pages_, stack_of(container_, blob_->body), range);
      LAPIS_CO_TRY(result.range_crc64, co_await crc64_of_range(service_, std::move(walk)));
    } else {
      LAPIS_CO_TRY(result.range_crc64, co_await crc64_of_range(service_, container_, blob_, range));
    }
    co_return Result<void>{};
  }

 private:
  Service& service_;
  const ContainerId container_;
  const Shared<BlobRecord> blob_;
  const PageSnapshot pages_;
};

}  // namespace

// The pin is taken before the record is looked up (read_epochs.h); the body keeps it.
io::Task<Result<GetBlobResult>> get_blob(Service& service, GetBlob request) {
  ReadSlot::Pin pin = service.reads.begin();
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(auto blob, co_await find_blob(service, container->id, request.key));
  PageSnapshot pages;
  if (blob && has_pages(blob->body)) {
    LAPIS_CO_TRY(PageRead read, co_await begin_page_read(service, container->id, request.key));
    blob = std::move(read.blob);
    pages = std::move(read.snapshot);
  }
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  LAPIS_CO_TRY_VOID(check(request, blob->properties, *service.time));

  if (service.recent && is_inline(blob->body)) {
    service.recent->note(hash_of(container->id, request.key.name), service.clock.instant());
  }

  GetBlobResult result;
  result.properties = with_progress(service, blob);
  result.lease = lease_view(blob->properties.lease, *service.time);
  ByteRange range{0, blob->properties.content_length};
  if (request.range) {
    LAPIS_CO_TRY(range, clamp(*request.range, range.length, request.empty_range));
    result.range = range;
  }
  const Content content(service, container->id, blob, std::move(pages));
  if (request.hash) LAPIS_CO_TRY_VOID(co_await content.hash(*request.hash, range, result));
  result.last_access = note_read(service, container->id, request.key, blob->properties);
  result.body = content.open(range, std::move(pin));
  co_return result;
}

}  // namespace lapis::blob
