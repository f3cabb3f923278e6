// How Lapis runs RocksDB, in one place. Why each choice: docs/decisions/0005-rocksdb-metadata.md.
#pragma once

#include <rocksdb/options.h>

#include "lapis/storage/local_meta_store.h"

namespace lapis::storage {

// `env` outlives the database.
rocksdb::Options rocks_options(const MetaStoreOptions& options, rocksdb::Env* env);

// The one set of write options: mixing sets would split RocksDB's write groups and break the
// promise that what is lost is a suffix. Every write is synced (I4).
rocksdb::WriteOptions durable_write();

// A read of the rows as they are, verified; may block on a disk.
rocksdb::ReadOptions disk_read();
// The same from memory alone: Incomplete where that does not know.
rocksdb::ReadOptions memory_read();

}  // namespace lapis::storage
