// Opening the local MetaStore over a given RocksDB environment: the real one, or one whose files a
// test makes fail.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/statistics.h>

#include <memory>

#include "lapis/storage/local_meta_store.h"

namespace lapis::storage {

// As LocalMetaStore::open. `env` outlives the store. `statistics`: where RocksDB counts, so that a
// test can see what work costs; null: where only the store looks.
Result<std::unique_ptr<LocalMetaStore>> open_meta_store(
    const MetaStoreOptions& options, io::BlockingPool& blocking, rocksdb::Env* env,
    std::shared_ptr<rocksdb::Statistics> statistics = nullptr);

}  // namespace lapis::storage
