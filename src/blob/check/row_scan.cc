#include "blob/check/row_scan.h"

#include "blob/keys.h"
#include "lapis/base/hex.h"

namespace lapis::blob {
namespace {

constexpr std::uint64_t kRowsBetweenLooks = 1024;

}  // namespace

Result<void> scan_table(
    const ReferenceCheck& check, storage::Table table, const storage::FindingSink& found,
    const std::function<Result<void>(std::string_view, std::string_view)>& visit) {
  const std::string first = table_prefix(table);
  const auto cursor = check.snapshot.scan(first, prefix_end(first));
  for (std::uint64_t rows = 0; cursor->valid(); cursor->next(), ++rows) {
    if (rows % kRowsBetweenLooks == 0 && check.is_cancelled && check.is_cancelled()) {
      return fail(ErrorCode::kOperationTimedOut, "the check was broken off");
    }
    const Result<void> visited = visit(cursor->key(), cursor->value());
    if (visited || !found) continue;
    found({storage::FindingKind::kLost,
           "row_damaged",
           {{"key", to_hex(cursor->key())}, {"detail", to_string(visited.error())}},
           {}});
  }
  return cursor->status();
}

}  // namespace lapis::blob
