// One row of RocksDB.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::storage {

inline rocksdb::Slice as_slice(std::string_view text) { return {text.data(), text.size()}; }

// The row, nothing where there is none. Blocks as `options` say.
Result<std::optional<std::string>> read_row(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                            std::string_view key);

// The row as far as memory knows: nothing where a disk would have to be asked.
std::optional<Result<std::optional<std::string>>> read_row_from_memory(rocksdb::DB& db,
                                                                       std::string_view key);

}  // namespace lapis::storage
