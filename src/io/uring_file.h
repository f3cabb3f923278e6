// A file of the real file system, its data operations on the calling shard's ring.
#pragma once

#include <filesystem>
#include <string>

#include "lapis/io/file.h"
#include "lapis/io/unique_fd.h"

namespace lapis::io {

// A file opened `direct` has two descriptors: writes and syncs go through one with O_DIRECT, reads
// through a buffered one, so that they are served from the page cache. (The kernel drops the cached
// pages that a direct write covers, before and after it.) Else both are the same. Uncached reads go
// through a third.
class UringFile final : public File {
 public:
  // Errors: as open(2). Blocks.
  static Result<std::unique_ptr<File>> open(const std::filesystem::path& path,
                                            const OpenOptions& options);

  // `direct` is empty where writes go through `buffered`, `uncached` where reads do.
  UringFile(std::string name, UniqueFd buffered, UniqueFd direct, UniqueFd uncached);

  Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override;
  Task<Result<void>> write_at(std::uint64_t offset, Bytes data) override;
  Task<Result<void>> datasync() override;
  Result<std::uint64_t> size() override;
  Result<void> allocate(std::uint64_t length) override;
  Result<void> sync() override;

 private:
  int write_fd() const { return direct_ ? direct_.get() : buffered_.get(); }

  int read_fd() const { return uncached_ ? uncached_.get() : buffered_.get(); }

  const std::string name_;  // for error details
  const UniqueFd buffered_;
  const UniqueFd direct_;
  const UniqueFd uncached_;
};

}  // namespace lapis::io
