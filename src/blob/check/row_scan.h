// Scanning a table for a check: rows that are damaged are told and passed over.
#pragma once

#include <functional>
#include <string_view>

#include "lapis/blob/reference_check.h"
#include "lapis/storage/tables.h"

namespace lapis::blob {

// `visit` fails for a row that it cannot make sense of. Where `found` is empty such rows have been
// told of before. Errors: rows that cannot be read, kOperationTimedOut where it was cancelled.
Result<void> scan_table(
    const ReferenceCheck& check, storage::Table table, const storage::FindingSink& found,
    const std::function<Result<void>(std::string_view key, std::string_view value)>& visit);

}  // namespace lapis::blob
