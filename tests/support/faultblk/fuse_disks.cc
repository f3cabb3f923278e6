#define FUSE_USE_VERSION 35
#include "support/faultblk/fuse_disks.h"

#include <fcntl.h>
#include <fuse.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>

namespace lapis::faultblk {

namespace {

Rig& rig() { return *static_cast<Rig*>(::fuse_get_context()->private_data); }

std::optional<std::size_t> disk_number(std::string_view path) {
  constexpr std::string_view kPrefix = "/disk";
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(path.begin(), path.end(), number);
  if (error != std::errc{} || end != path.end() || number >= rig().disks()) return std::nullopt;
  return number;
}

int get_attributes(const char* path, struct stat* out, fuse_file_info*) {
  *out = {};
  if (std::string_view(path) == "/") {
    out->st_mode = S_IFDIR | 0755;
    out->st_nlink = 2;
    return 0;
  }
  if (!disk_number(path)) return -ENOENT;
  out->st_mode = S_IFREG | 0600;
  out->st_nlink = 1;
  out->st_size = static_cast<off_t>(rig().disk_bytes());
  return 0;
}

int list_directory(const char*, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*,
                   fuse_readdir_flags) {
  for (std::size_t i = 0; i < rig().disks(); ++i) {
    fill(buffer, ("disk" + std::to_string(i)).c_str(), nullptr, 0, fuse_fill_dir_flags{});
  }
  return 0;
}

int open_disk(const char* path, fuse_file_info* file) {
  const auto disk = disk_number(path);
  if (!disk) return -ENOENT;
  file->fh = *disk;
  file->direct_io = 1;  // the page cache of this file must not stand in for the disk's
  return 0;
}

int read_disk(const char*, char* buffer, std::size_t size, off_t offset, fuse_file_info* file) {
  return rig().read(file->fh, static_cast<std::uint64_t>(offset),
                    std::as_writable_bytes(std::span(buffer, size)));
}

int write_disk(const char*, const char* data, std::size_t size, off_t offset,
               fuse_file_info* file) {
  return rig().write(file->fh, static_cast<std::uint64_t>(offset),
                     std::as_bytes(std::span(data, size)));
}

int sync_disk(const char*, int, fuse_file_info* file) { return rig().flush(file->fh); }

int allocate(const char*, int mode, off_t offset, off_t length, fuse_file_info* file) {
  if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) == 0) return -EOPNOTSUPP;
  return rig().write_zeros(file->fh, static_cast<std::uint64_t>(offset),
                           static_cast<std::uint64_t>(length));
}

}  // namespace

int serve_disks(Rig& rig, const std::string& program, const std::string& directory) {
  fuse_operations operations{};
  operations.getattr = get_attributes;
  operations.readdir = list_directory;
  operations.open = open_disk;
  operations.read = read_disk;
  operations.write = write_disk;
  operations.fsync = sync_disk;
  operations.fallocate = allocate;
  std::array<std::string, 3> arguments = {program, directory, "-f"};
  std::array<char*, 3> argv{};
  for (std::size_t i = 0; i < argv.size(); ++i) argv[i] = arguments[i].data();
  return fuse_main(static_cast<int>(argv.size()), argv.data(), &operations, &rig);
}

}  // namespace lapis::faultblk
