// What RocksDB says of itself, for metrics.
#pragma once

#include <rocksdb/db.h>

#include "lapis/storage/local_meta_store.h"

namespace lapis::storage {

// Takes the database's mutex and looks at the sizes of its logs: for a thread that may block.
MetaEngineStats read_engine_stats(rocksdb::DB& db);

// Of tables and write-ahead logs in use; likewise.
std::uint64_t bytes_of_files(rocksdb::DB& db);

}  // namespace lapis::storage
