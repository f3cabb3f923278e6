#include "storage/chunk/superblock.h"

#include <limits>

#include "lapis/base/crc64.h"
#include "lapis/base/number.h"

namespace lapis::storage {
namespace {

constexpr std::string_view kTitle = "lapis pool path\n";
constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kCrcKey = "crc64=";
constexpr std::string_view kRetired = "state=retired\n";

std::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::kInternalError, "superblock: " + std::move(why));
}

std::string hex16(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  return digits;
}

// Takes the line "key=value\n" off the front of `text`.
Result<std::string> take(std::string_view& text, std::string_view key) {
  const auto end = text.find('\n');
  const bool named = text.starts_with(key) && text.substr(key.size()).starts_with('=');
  if (end == text.npos || !named) return refuse("no line " + std::string(key));
  std::string value(text.substr(key.size() + 1, end - key.size() - 1));
  text.remove_prefix(end + 1);
  return value;
}

Result<std::uint64_t> take_number(std::string_view& text, std::string_view key) {
  LAPIS_TRY(const std::string value, take(text, key));
  const auto number = parse_u64(value);
  if (!number) return refuse("no number in " + std::string(key));
  return *number;
}

// The lines before the checksum, which has been verified.
Result<std::string_view> checked_lines(std::string_view text) {
  const auto at = text.rfind(kCrcKey);
  if (at == text.npos || at == 0 || text[at - 1] != '\n') return refuse("no checksum");
  const std::string_view lines = text.substr(0, at);
  const std::string expected = std::string(kCrcKey) + hex16(crc64(as_bytes(lines))) + "\n";
  if (text.substr(at) != expected) return refuse("checksum does not match");
  return lines;
}

}  // namespace

std::string encode(const Superblock& superblock) {
  std::string text(kTitle);
  text += "format=" + std::to_string(kFormat) + "\n";
  text += "store=" + superblock.store + "\n";
  text += "path=" + superblock.path + "\n";
  text += "path_id=" + std::to_string(superblock.id.value) + "\n";
  text += "pool=" + superblock.pool + "\n";
  text +=
      std::string("class=") + (superblock.pool_class == PoolClass::kHdd ? "hdd" : "flash") + "\n";
  text += "extent_bytes=" + std::to_string(superblock.extent_bytes) + "\n";
  text += "generation=" + std::to_string(superblock.generation) + "\n";
  if (superblock.is_retired) text += kRetired;
  text += std::string(kCrcKey) + hex16(crc64(as_bytes(text))) + "\n";
  return text;
}

Result<Superblock> decode_superblock(std::string_view text) {
  if (!text.starts_with(kTitle)) return refuse("not one of ours");
  // Before the checksum: a newer format may well keep its own somewhere else.
  std::string_view rest = text.substr(kTitle.size());
  LAPIS_TRY(const std::uint64_t format, take_number(rest, "format"));
  if (format > kFormat) {
    return refuse("format " + std::to_string(format) + " is newer than this program's " +
                  std::to_string(kFormat));
  }
  if (format == 0) return refuse("format 0 does not exist");
  LAPIS_TRY(std::string_view lines, checked_lines(text));
  lines.remove_prefix(kTitle.size());
  LAPIS_TRY_VOID(take(lines, "format"));
  Superblock superblock;
  LAPIS_TRY(superblock.store, take(lines, "store"));
  LAPIS_TRY(superblock.path, take(lines, "path"));
  LAPIS_TRY(const std::uint64_t id, take_number(lines, "path_id"));
  LAPIS_TRY(superblock.pool, take(lines, "pool"));
  LAPIS_TRY(const std::string pool_class, take(lines, "class"));
  LAPIS_TRY(superblock.extent_bytes, take_number(lines, "extent_bytes"));
  LAPIS_TRY(superblock.generation, take_number(lines, "generation"));
  superblock.is_retired = lines.starts_with(kRetired);
  if (superblock.is_retired) lines.remove_prefix(kRetired.size());
  if (id == 0 || id > std::numeric_limits<std::uint32_t>::max()) return refuse("path id");
  if (pool_class != "flash" && pool_class != "hdd") return refuse("class " + pool_class);
  if (!lines.empty()) return refuse("unknown lines");
  superblock.id = PathId{static_cast<std::uint32_t>(id)};
  superblock.pool_class = pool_class == "hdd" ? PoolClass::kHdd : PoolClass::kFlash;
  return superblock;
}

}  // namespace lapis::storage
