#include "blob/lookup.h"

#include "blob/state_row.h"

namespace lapis::blob {
namespace {

template <class T>
using Decoder = Result<T> (*)(std::string_view);

// What a decoded row costs the cache. A short body is held once, whole; the rest of a row, a few
// hundred bytes or a block map, is held about twice over, by small allocations.
std::uint64_t cost_of(const std::string& key, const std::string& row, std::uint64_t body_bytes) {
  return 512 + body_bytes + 2 * (key.size() + row.size() - body_bytes);
}

template <class T>
std::uint64_t body_bytes(const T&) {
  return 0;
}
template <>
std::uint64_t body_bytes(const BlobRecord& blob) {
  return blob.body.inline_bytes.size();
}

// `version` was read before the row: a change in between only makes the entry useless.
template <class T>
Result<Shared<T>> remember(storage::DecodedCache<T>& cache, const std::string& key,
                           std::uint64_t version, const std::optional<std::string>& row,
                           Decoder<T> decode) {
  if (!row) return nullptr;
  LAPIS_TRY(T decoded, decode(*row));
  auto value = std::make_shared<const T>(std::move(decoded));
  cache.insert(key, version, value, cost_of(key, *row, body_bytes(*value)));
  return value;
}

template <class T>
io::Task<Result<Shared<T>>> find_row(Service& service, storage::DecodedCache<T>& cache,
                                     std::string key, Decoder<T> decode) {
  if (Shared<T> cached = cache.find(key)) co_return cached;
  const std::uint64_t version = service.meta.version_of(key);
  LAPIS_CO_TRY(const auto row, co_await service.meta.get(key));
  co_return remember(cache, key, version, row, decode);
}

io::Task<Result<Shared<BlobRecord>>> find_row_of_past(Service& service, ContainerId container,
                                                      BlobKey key) {
  const std::string at = past_key(container, key.name, *past_time_of(key));
  LAPIS_CO_TRY(Shared<BlobRecord> past,
               co_await find_row(service, service.cache->blobs, at, decode_blob));
  if (!past || !is_named(key, past->properties)) co_return nullptr;
  if (past->properties.deletion) co_return fail(soft_deleted());
  co_return past;
}

// The blob itself is a version too. It is looked at first: these are two reads, and a version that
// is overwritten in between goes from the blob's key to its own, never back.
io::Task<Result<Shared<BlobRecord>>> find_version(Service& service, ContainerId container,
                                                  BlobKey key) {
  const std::string base = blob_key(container, key.name);
  LAPIS_CO_TRY(Shared<BlobRecord> blob,
               co_await find_row(service, service.cache->blobs, base, decode_blob));
  if (blob && blob->properties.version == key.version) co_return blob;
  co_return co_await find_row_of_past(service, container, key);
}

}  // namespace

io::Task<Result<Shared<ContainerRecord>>> find_container(Service& service, std::string account,
                                                         std::string container) {
  LAPIS_CO_TRY(Shared<ContainerRecord> found,
               co_await find_row(service, service.cache->containers,
                                 container_name_key(account, container), decode_container));
  if (!found) co_return fail(ErrorCode::kContainerNotFound);
  co_return found;
}

io::Task<Result<Shared<ContainerRecord>>> find_container(Service& service, const BlobKey& key) {
  return find_container(service, key.account, key.container);
}

io::Task<Result<Shared<BlobRecord>>> find_blob(Service& service, ContainerId container,
                                               const BlobKey& key) {
  if (key.version) return find_version(service, container, key);
  if (key.snapshot) return find_row_of_past(service, container, key);
  return find_row(service, service.cache->blobs, blob_key(container, key.name), decode_blob);
}

io::Task<Result<Shared<Segment>>> find_segment(Service& service, ContainerId container,
                                               SegmentId segment) {
  LAPIS_CO_TRY(Shared<Segment> found,
               co_await find_row(service, service.cache->segments, segment_key(container, segment),
                                 decode_segment));
  if (!found) co_return fail(ErrorCode::kInternalError, "segment has no row");
  co_return found;
}

Peeked<BlobRecord> peek_blob(Service& service, ContainerId container, const std::string& name) {
  const std::string key = blob_key(container, name);
  if (Shared<BlobRecord> cached = service.cache->blobs.find(key)) return {true, std::move(cached)};
  const std::uint64_t version = service.meta.version_of(key);
  const auto row = service.meta.try_get(key);
  if (!row || !*row) return {};
  auto value = remember(service.cache->blobs, key, version, **row, decode_blob);
  if (!value) return {};
  return {true, *std::move(value)};
}

std::optional<UploadRecord> peek_upload(Service& service, ContainerId container,
                                        const std::string& name) {
  const auto row = service.meta.try_get(upload_key(container, name));
  if (!row || !*row || !**row) return std::nullopt;
  auto upload = decode_upload(***row);
  if (!upload) return std::nullopt;
  return *std::move(upload);
}

}  // namespace lapis::blob
