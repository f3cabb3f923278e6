// Where RocksDB's statuses become our errors.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "lapis/base/error.h"

namespace lapis::storage {

// The Error for a status that is not ok: kInsufficientStorage for a full disk, else kInternalError;
// `what` goes into the detail.
Error from_rocksdb(const rocksdb::Status& status, std::string_view what);

}  // namespace lapis::storage
