#include "azure/request/block_ids.h"

#include <algorithm>
#include <array>
#include <string>

#include "azure/field_errors.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// A list of 50,000 ids is some megabytes of them.
constexpr std::array<bool, 256> kIsBase64 = [] {
  std::array<bool, 256> table{};
  for (const char c : kAlphabet) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_base64_character(char c) { return kIsBase64[static_cast<unsigned char>(c)]; }

}  // namespace

std::optional<std::size_t> base64_length(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  if (!std::ranges::all_of(text, is_base64_character)) return std::nullopt;
  return (text.size() + padding) / 4 * 3 - padding;
}

bool is_block_id(std::string_view text) {
  const auto length = base64_length(text);
  return length && *length >= 1 && *length <= kMaxBlockIdBytes;
}

Result<blob::BlockId> parse_block_id(const Query& query) {
  const std::string_view* text = query.find("blockid");
  if (!text) return fail(missing_parameter("blockid"));
  const auto length = base64_length(*text);
  if (!length || *length == 0) {
    return fail(invalid_parameter("blockid", *text, "Not a valid base64 string."));
  }
  if (*length > kMaxBlockIdBytes) {
    return fail(invalid_parameter("blockid", *text, "A block id is at most 64 bytes long."));
  }
  return blob::BlockId{std::string(*text)};
}

}  // namespace lapis::azure
