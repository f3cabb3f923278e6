#include "blob/pages/page_length.h"

#include <utility>

#include "blob/lookup.h"
#include "blob/pages/page_clear.h"

namespace lapis::blob {
namespace {

bool is_gone(const Error& error) {
  return error.code == ErrorCode::kContainerNotFound || error.code == ErrorCode::kBlobNotFound ||
         error.code == ErrorCode::kInvalidBlobType;
}

}  // namespace

KnownLength length_of(const BlobRecord& blob) {
  const PageBody& pages = blob.body.pages;
  return {blob.properties.content_length, pages.map, pages.length_changes};
}

io::Task<Result<bool>> clear_behind(Service& service, ContainerId container,
                                    const std::string& name, KnownLength known, std::uint64_t end) {
  bool has_changed = false;
  const BlobKey key{{}, {}, name};
  PageClear clear{container, key, known.length / kPageBytes, end, {}};
  clear.check = [&has_changed, known](const BlobRecord& blob) -> Result<void> {
    has_changed = length_of(blob) != known;
    if (has_changed) return fail(ErrorCode::kConditionNotMet, "another length");
    return {};
  };
  const Result<void> cleared = co_await run_clear(service, std::move(clear));
  if (has_changed) co_return false;
  LAPIS_CO_TRY_VOID(cleared);
  co_return true;
}

io::Task<Result<void>> give_back(Service& service, ContainerId container, PageMapId map,
                                 const PagesBehind& pages) {
  const BlobKey key{{}, {}, pages.blob};
  for (int attempt = 0; attempt < kPageAttempts; ++attempt) {
    const auto blob = co_await find_blob(service, container, key);
    if (!blob && is_gone(blob.error())) co_return Result<void>{};
    LAPIS_CO_TRY_VOID(blob);
    if (!*blob || (*blob)->body.pages.map != map) co_return Result<void>{};
    const KnownLength known = length_of(**blob);
    if (known.length / kPageBytes >= pages.end) co_return Result<void>{};
    const auto done = co_await clear_behind(service, container, pages.blob, known, pages.end);
    if (!done && is_gone(done.error())) co_return Result<void>{};
    LAPIS_CO_TRY_VOID(done);
    if (*done) co_return Result<void>{};
  }
  co_return fail(ErrorCode::kServerBusy, "others keep changing a blob's length");
}

}  // namespace lapis::blob
