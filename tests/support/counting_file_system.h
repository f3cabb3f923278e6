// CountingFileSystem: the file system beneath it, with what passes counted. For budgets.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "support/forwarding_file_system.h"

namespace lapis::test {

struct FileCounts {
  std::atomic<std::uint64_t> datasyncs = 0;
  std::atomic<std::uint64_t> writes = 0;
  std::atomic<std::uint64_t> written_bytes = 0;
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<std::uint64_t> read_bytes = 0;  // that were asked for
};

// `counts` outlives every file.
class CountingFile final : public ForwardingFile {
 public:
  CountingFile(std::unique_ptr<io::File> file, FileCounts& counts)
      : ForwardingFile(std::move(file)), counts_(counts) {}

  io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
    ++counts_.reads;
    counts_.read_bytes += into.size();
    return ForwardingFile::read_at(offset, into);
  }
  io::Task<Result<void>> write_at(std::uint64_t offset, Bytes data) override {
    ++counts_.writes;
    counts_.written_bytes += data.size();
    return ForwardingFile::write_at(offset, data);
  }
  io::Task<Result<void>> datasync() override {
    ++counts_.datasyncs;
    return ForwardingFile::datasync();
  }

 private:
  FileCounts& counts_;
};

class CountingFileSystem final : public ForwardingFileSystem {
 public:
  CountingFileSystem(std::unique_ptr<io::FileSystem> files, FileCounts& counts)
      : ForwardingFileSystem(*files), owned_(std::move(files)), counts_(counts) {}
  CountingFileSystem(io::FileSystem& files, FileCounts& counts)
      : ForwardingFileSystem(files), counts_(counts) {}

 private:
  std::unique_ptr<io::File> wrap(const Path&, std::unique_ptr<io::File> file) override {
    return std::make_unique<CountingFile>(std::move(file), counts_);
  }

  std::unique_ptr<io::FileSystem> owned_;
  FileCounts& counts_;
};

}  // namespace lapis::test
