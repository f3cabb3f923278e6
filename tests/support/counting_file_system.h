// CountingFileSystem: the file system beneath it, with what passes counted. For budgets.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/io/file.h"

namespace lapis::test {

struct FileCounts {
  std::atomic<std::uint64_t> datasyncs = 0;
  std::atomic<std::uint64_t> writes = 0;
  std::atomic<std::uint64_t> written_bytes = 0;
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<std::uint64_t> read_bytes = 0;  // that were asked for
};

// Thread-safe, as what it wraps. `counts` outlives every file.
class CountingFile final : public io::File {
 public:
  CountingFile(std::unique_ptr<io::File> file, FileCounts& counts)
      : file_(std::move(file)), counts_(counts) {}

  io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
    ++counts_.reads;
    counts_.read_bytes += into.size();
    return file_->read_at(offset, into);
  }
  io::Task<Result<void>> write_at(std::uint64_t offset, Bytes data) override {
    ++counts_.writes;
    counts_.written_bytes += data.size();
    return file_->write_at(offset, data);
  }
  io::Task<Result<void>> datasync() override {
    ++counts_.datasyncs;
    return file_->datasync();
  }
  Result<std::uint64_t> size() override { return file_->size(); }
  Result<void> allocate(std::uint64_t length) override { return file_->allocate(length); }
  Result<void> sync() override { return file_->sync(); }

 private:
  std::unique_ptr<io::File> file_;
  FileCounts& counts_;
};

class CountingFileSystem final : public io::FileSystem {
 public:
  CountingFileSystem(std::unique_ptr<io::FileSystem> files, FileCounts& counts)
      : files_(std::move(files)), counts_(counts) {}

  using Path = std::filesystem::path;
  Result<std::unique_ptr<io::File>> open(const Path& path, io::OpenOptions options) override {
    LAPIS_TRY(auto file, files_->open(path, options));
    return std::make_unique<CountingFile>(std::move(file), counts_);
  }
  Result<std::string> read_file(const Path& path, std::size_t max_bytes) override {
    return files_->read_file(path, max_bytes);
  }
  Result<void> replace_file(const Path& path, std::string_view content) override {
    return files_->replace_file(path, content);
  }
  Result<void> make_directories(const Path& path) override {
    return files_->make_directories(path);
  }
  Result<void> sync_directory(const Path& path) override { return files_->sync_directory(path); }
  Result<void> remove(const Path& path) override { return files_->remove(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return files_->list(path); }
  Result<bool> exists(const Path& path) override { return files_->exists(path); }
  Result<io::DiskSpace> space(const Path& path) override { return files_->space(path); }

 private:
  std::unique_ptr<io::FileSystem> files_;
  FileCounts& counts_;
};

}  // namespace lapis::test
