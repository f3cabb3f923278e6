// What the database takes of its disk, and how it gives back what its tables hold for nothing.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "lapis/storage/local_meta_store.h"

namespace lapis::storage {

// Where the database lies and what it may take there; as in MetaStoreOptions.
struct MetaDisk {
  std::filesystem::path directory;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t min_free_bytes = 0;
};

// Both block. See LocalMetaStore::space and compact.
Result<MetaSpace> measure_space(rocksdb::DB& db, const MetaDisk& disk);
Result<void> compact_rows(rocksdb::DB& db, const MetaDisk& disk, RewrittenRows& rows,
                          std::atomic<bool>& stopping);

}  // namespace lapis::storage
