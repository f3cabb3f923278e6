#include "storage/meta/meta_superblock.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "lapis/base/bytes.h"
#include "lapis/base/crc64.h"
#include "lapis/base/number.h"

namespace lapis::storage {
namespace {

constexpr std::string_view kMagic = "lapis-meta-store";

std::string check_line(std::string_view covered) {
  std::array<char, 16> digits;
  const std::uint64_t crc = crc64(as_bytes(covered));
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), crc, 16).ptr;
  const auto length = static_cast<std::size_t>(end - digits.data());
  return "check " + std::string(digits.size() - length, '0') + std::string(digits.data(), length) +
         "\n";
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::kInternalError, "the metadata superblock is damaged");
}

// Takes a line "NAME VALUE\n" off the front of `text`: its value.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  const auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.starts_with(name) || line.substr(name.size(), 1) != " ") return std::nullopt;
  return line.substr(name.size() + 1);
}

std::optional<Guid> parse_guid(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '-') digits += c;
  }
  if (digits.size() != 32) return std::nullopt;
  const auto high = parse_hex_u64(std::string_view(digits).substr(0, 16));
  const auto low = parse_hex_u64(std::string_view(digits).substr(16));
  if (!high || !low) return std::nullopt;
  Guid guid;
  store_be<std::uint64_t>(guid.bytes, 0, *high);
  store_be<std::uint64_t>(guid.bytes, 8, *low);
  if (guid.to_string() != text) return std::nullopt;
  return guid;
}

}  // namespace

std::string encode_meta_superblock(const MetaSuperblock& superblock) {
  std::string text(kMagic);
  text += "\nformat " + std::to_string(superblock.format);
  text += "\nuuid " + superblock.uuid.to_string();
  text += superblock.is_ready ? "\nstate ready\n" : "\nstate creating\n";
  return text + check_line(text);
}

Result<MetaSuperblock> decode_meta_superblock(std::string_view text) {
  std::string_view rest = text;
  if (!rest.starts_with(kMagic) || rest.substr(kMagic.size(), 1) != "\n") {
    return fail(ErrorCode::kInternalError, "lapis.meta is not a metadata superblock of Lapis");
  }
  rest.remove_prefix(kMagic.size() + 1);
  const auto format_text = take_line(rest, "format");
  const auto format = format_text ? parse_u64(*format_text) : std::nullopt;
  if (!format) return damaged();
  if (!is_known_meta_format(*format)) {
    return fail(ErrorCode::kInternalError, "the metadata has format " + std::string(*format_text) +
                                               ", written by another version of Lapis");
  }
  const auto uuid_text = take_line(rest, "uuid");
  const auto state = take_line(rest, "state");
  const bool is_whole = rest == check_line(text.substr(0, text.size() - rest.size()));
  const auto uuid = uuid_text ? parse_guid(*uuid_text) : std::nullopt;
  if (!is_whole || !uuid || (state != "ready" && state != "creating")) return damaged();
  return MetaSuperblock{
      .uuid = *uuid, .is_ready = *state == "ready", .format = static_cast<std::uint32_t>(*format)};
}

}  // namespace lapis::storage
