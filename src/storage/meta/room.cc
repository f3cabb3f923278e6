#include "storage/meta/room.h"

#include <sys/statvfs.h>

namespace lapis::storage {
namespace {
constexpr std::uint64_t kSmallPut = 4096;
constexpr std::uint64_t kSmallRewrite = 128 << 10;
}  // namespace

Room room_for(std::uint64_t free_bytes, std::uint64_t min_free_bytes) {
  if (free_bytes >= min_free_bytes) return Room::kForAll;
  if (free_bytes >= min_free_bytes / 2) return Room::kForSmall;
  if (free_bytes >= min_free_bytes / 4) return Room::kForErasing;
  return Room::kNone;
}

std::optional<std::uint64_t> available_bytes(const std::filesystem::path& directory) {
  struct statvfs status{};
  if (::statvfs(directory.c_str(), &status) != 0) return std::nullopt;
  return status.f_bavail * status.f_frsize;
}

Room measure_room(const std::filesystem::path& directory, std::uint64_t min_free_bytes) {
  const auto available = available_bytes(directory);
  // A file system that cannot even say this fails the write itself, loudly.
  if (!available) return Room::kForAll;
  return room_for(*available, min_free_bytes);
}

Result<void> admit(Room room, const WriteSize& size) {
  const bool is_small = size.put_bytes <= kSmallPut && size.rewritten_bytes <= kSmallRewrite;
  const bool admitted = size.empty() || room == Room::kForAll ||
                        (room == Room::kForSmall && is_small) ||
                        (room == Room::kForErasing && is_small && size.erases != 0);
  if (!admitted) return fail(ErrorCode::kInsufficientStorage, "the metadata's disk is nearly full");
  return {};
}

}  // namespace lapis::storage
