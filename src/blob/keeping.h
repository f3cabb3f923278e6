// What an account keeps of blobs that are written over or deleted: by its switch for versions,
// which the configuration holds, and by the retention of soft delete, which its owner sets. And
// whether it keeps when they were accessed last, which the configuration says too.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/blob/service.h"

namespace lapis::blob {

struct Keeping {
  bool versions = false;
  // Until when it is kept that is soft-deleted now; nothing: soft delete is off.
  std::optional<ServiceTime> deleted_until = std::nullopt;
  bool permanent_delete = false;  // whether what is soft-deleted may be deleted for good
  bool last_access = false;       // (last_access.h)
};

// What is in force; nothing where its row has to be read first. Costs a counter.
std::optional<Keeping> peek_keeping(Service& service, std::string_view account);
// Likewise, and reads what is not known. Errors: those of reading the row.
io::Task<Result<Keeping>> find_keeping(Service& service, std::string_view account);

}  // namespace lapis::blob
