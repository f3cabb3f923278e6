// The local metadata store opened to be looked at: nothing in the directory is changed, and no
// daemon can open it meanwhile. For tools that check a store that does not run.
#pragma once

#include <filesystem>
#include <memory>

#include "lapis/base/random.h"
#include "lapis/base/result.h"
#include "lapis/storage/meta_store.h"

namespace lapis::storage {

class ReadOnlyMetaStore {
 public:
  // Errors (kInternalError, the reason in `detail`): in use by another process, not a finished
  // store, corrupt, of a newer format. Blocks while what is in the log is read into memory.
  static Result<std::unique_ptr<ReadOnlyMetaStore>> open(const std::filesystem::path& directory);
  virtual ~ReadOnlyMetaStore() = default;

  virtual Guid uuid() const = 0;
  virtual std::uint64_t epoch() const = 0;
  virtual Sequence last_commit() const = 0;
  // The rows; outlived by the store.
  virtual std::unique_ptr<MetaSnapshot> snapshot() = 0;
};

}  // namespace lapis::storage
