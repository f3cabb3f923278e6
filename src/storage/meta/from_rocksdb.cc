#include "storage/meta/from_rocksdb.h"

#include <string>

namespace lapis::storage {

Error from_rocksdb(const rocksdb::Status& status, std::string_view what) {
  const ErrorCode code =
      status.IsNoSpace() ? ErrorCode::kInsufficientStorage : ErrorCode::kInternalError;
  std::string detail(what);
  detail += ": ";
  detail += status.ToString();
  return Error{code, std::move(detail)};
}

}  // namespace lapis::storage
