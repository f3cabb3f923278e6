#include "blob/upload_expiry.h"

#include <utility>
#include <vector>

#include "blob/blob_rows.h"
#include "blob/release.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kUploadsInPage = 512;

struct FoundUpload {
  ContainerId container;
  UploadId upload;
  std::string name;
};

struct UploadPage {
  std::vector<FoundUpload> old;
  std::string next;  // empty at the end
};

bool is_old(const std::optional<UploadRecord>& upload, UploadId id, Timestamp oldest_kept) {
  return upload && upload->id == id && upload->last_write < oldest_kept;
}

// From one upload's name to the next: the rows of its blocks are passed by one seek.
Result<UploadPage> find_old(storage::MetaSnapshot& snapshot, const std::string& first,
                            Timestamp oldest_kept) {
  const std::string last = prefix_end(table_prefix(storage::Table::kStagedBlock));
  const auto cursor = snapshot.scan(first, last);
  UploadPage page;
  for (std::size_t visited = 0; cursor->valid(); ++visited) {
    const auto key = parse_staged_key(cursor->key());
    if (!key) return fail(ErrorCode::kInternalError, "staged block key is damaged");
    if (visited == kUploadsInPage) {
      page.next = cursor->key();
      return page;
    }
    if (key->block.empty()) {
      const std::string name(cursor->value());
      LAPIS_TRY(const auto upload, read_upload(snapshot, key->container, name));
      if (is_old(upload, key->upload, oldest_kept)) {
        page.old.push_back({key->container, key->upload, name});
      }
    }
    cursor->seek(prefix_end(upload_prefix(key->container, key->upload)));
  }
  LAPIS_TRY_VOID(cursor->status());
  return page;
}

io::Task<Result<UploadPage>> find_old_uploads(Service& service, std::string first,
                                              Timestamp oldest_kept) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return find_old(*snapshot, first, oldest_kept); };
  co_return co_await service.blocking.run(std::move(job));
}

// A block may have come since the upload was found, or its container have gone.
Result<bool> discard(storage::MetaView& view, const FoundUpload& found, Timestamp oldest_kept) {
  const auto content = read_content(view, found.container);
  if (!content && content.error().code == ErrorCode::kContainerNotFound) return false;
  LAPIS_TRY_VOID(content);
  LAPIS_TRY(const auto upload, read_upload(view, found.container, found.name));
  if (!is_old(upload, found.upload, oldest_kept)) return false;
  discard_upload(view, found.container, found.name, found.upload);
  return true;
}

}  // namespace

io::Task<Result<void>> expire_uploads_before(Service& service, Timestamp oldest_kept,
                                             ReclaimStats& stats) {
  std::string first = table_prefix(storage::Table::kStagedBlock);
  while (!first.empty()) {
    LAPIS_CO_TRY(UploadPage page, co_await find_old_uploads(service, first, oldest_kept));
    first = std::move(page.next);
    for (const FoundUpload& found : page.old) {
      bool discarded = false;
      auto transaction = [&](storage::MetaView& view) -> Result<void> {
        LAPIS_TRY(discarded, discard(view, found, oldest_kept));
        return {};
      };
      LAPIS_CO_TRY_VOID(co_await service.meta.transact({found.container}, std::move(transaction)));
      if (discarded) ++stats.expired_uploads;
    }
  }
  co_return Result<void>{};
}

}  // namespace lapis::blob
