#include "storage/chunk/extent_rows.h"

#include "storage/chunk/keys.h"

namespace lapis::storage {

io::Task<Result<void>> put_extent_row(const StoreContext& context, Extent::Identity extent,
                                      ExtentRow row) {
  const std::string key = extent_key(extent.path, extent.id);
  const std::string path = path_key(extent.path);
  Transaction change = [key, path, row](MetaView& view) -> Result<void> {
    LAPIS_TRY(const auto stored_path, view.get(path));
    if (stored_path) {
      LAPIS_TRY(const PathRow whose, decode_path_row(*stored_path));
      if (whose.mode == PathMode::kRetired) {
        return fail(ErrorCode::kInternalError, "extent's path is retired");
      }
    }
    LAPIS_TRY(const auto stored, view.get(key));
    if (stored) {
      LAPIS_TRY(const ExtentRow before, decode_extent_row(*stored));
      if (before.generation > row.generation) {
        return fail(ErrorCode::kInternalError, "extent row is of a later generation");
      }
    }
    view.put(key, encode(row));
    return {};
  };
  co_return co_await context.meta.transact(Scope{}, std::move(change));
}

}  // namespace lapis::storage
