// A file system over another, all of which it passes on: what differs is said by who derives from
// it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/io/file.h"

namespace lapis::test {

// Thread-safe, as what it wraps.
class ForwardingFile : public io::File {
 public:
  explicit ForwardingFile(std::unique_ptr<io::File> file) : file_(std::move(file)) {}

  io::Task<Result<std::size_t>> read_at(std::uint64_t offset, MutableBytes into) override {
    return file_->read_at(offset, into);
  }
  io::Task<Result<void>> write_at(std::uint64_t offset, Bytes data) override {
    return file_->write_at(offset, data);
  }
  io::Task<Result<void>> datasync() override { return file_->datasync(); }
  Result<std::uint64_t> size() override { return file_->size(); }
  Result<void> allocate(std::uint64_t length) override { return file_->allocate(length); }
  Result<void> sync() override { return file_->sync(); }

 private:
  std::unique_ptr<io::File> file_;
};

class ForwardingFileSystem : public io::FileSystem {
 public:
  using Path = std::filesystem::path;
  explicit ForwardingFileSystem(io::FileSystem& files) : files_(files) {}

  Result<std::unique_ptr<io::File>> open(const Path& path, io::OpenOptions options) override {
    LAPIS_TRY(auto file, files_.open(path, options));
    return wrap(path, std::move(file));
  }
  Result<std::string> read_file(const Path& path, std::size_t max_bytes) override {
    return files_.read_file(path, max_bytes);
  }
  Result<void> replace_file(const Path& path, std::string_view content) override {
    return files_.replace_file(path, content);
  }
  Result<void> make_directories(const Path& path) override { return files_.make_directories(path); }
  Result<void> sync_directory(const Path& path) override { return files_.sync_directory(path); }
  Result<void> remove(const Path& path) override { return files_.remove(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return files_.list(path); }
  Result<bool> exists(const Path& path) override { return files_.exists(path); }
  Result<io::DiskSpace> space(const Path& path) override { return files_.space(path); }

 protected:
  // The file as it is handed on.
  virtual std::unique_ptr<io::File> wrap(const Path& path, std::unique_ptr<io::File> file) = 0;

 private:
  io::FileSystem& files_;
};

}  // namespace lapis::test
