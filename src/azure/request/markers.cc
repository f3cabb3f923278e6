#include "azure/request/markers.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lapis/base/base64.h"
#include "lapis/base/bytes.h"
#include "lapis/base/crc64.h"
#include "lapis/base/number.h"
#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

enum class Kind : std::uint8_t {
  kBlob = 1,
  kPastPrefix = 2,
  kContainer = 3,
  kPast = 4,
  kDeletion = 5,
  kFound = 8,
  kPastRoot = 9,
  kPages = 16
};

constexpr std::string_view kVersion = "2!";
constexpr std::size_t kNameAt = 9;
// A name of 1,024 characters of 4 bytes, encoded, with room.
constexpr std::size_t kMaxMarkerLength = 8 * 1024;

// Before the name, in the marker of a past state or a deletion.
constexpr std::size_t kTimeSize = 8;

struct Decoded {
  Kind kind;
  std::string text;
};

std::uint64_t checksum(Kind kind, std::string_view name) {
  const auto byte = static_cast<std::byte>(kind);
  return crc64(as_bytes(name), crc64({&byte, 1}));
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  for (char& c : text) {
    if (const auto at = from.find(c); at != from.npos) c = to[at];
  }
}

std::string encode(Kind kind, std::string_view name) {
  std::vector<std::byte> bytes(kNameAt + name.size());
  bytes[0] = static_cast<std::byte>(kind);
  store_le(bytes, 1, checksum(kind, name));
  std::ranges::copy(as_bytes(name), bytes.begin() + kNameAt);
  std::string text = base64_encode(bytes);
  replace(text, "+/=", "._-");
  return std::string(kVersion) + std::to_string(text.size()) + "!" + text;
}

Result<Decoded> decode(std::string_view marker) {
  const auto garbage = [] { return fail(ErrorCode::kOutOfRangeInput, "marker"); };
  if (marker.size() > kMaxMarkerLength || !marker.starts_with(kVersion)) return garbage();
  marker.remove_prefix(kVersion.size());
  const auto mark = marker.find('!');
  if (mark == marker.npos) return garbage();
  std::string text(marker.substr(mark + 1));
  if (marker.substr(0, mark) != std::to_string(text.size())) return garbage();
  if (text.find_first_of("+/=") != text.npos) return garbage();
  replace(text, "._-", "+/=");
  const auto bytes = base64_decode(text);
  if (!bytes || bytes->size() <= kNameAt) return garbage();
  const auto kind = static_cast<Kind>((*bytes)[0]);
  Decoded decoded{kind, std::string(as_text(Bytes(*bytes).subspan(kNameAt)))};
  if (load_le<std::uint64_t>(*bytes, 1) != checksum(kind, decoded.text)) return garbage();
  return decoded;
}

Result<std::string> name_in(std::string_view text) {
  const bool is_name = is_utf8(text) && text.find('\0') == text.npos;
  if (!is_name) return fail(ErrorCode::kOutOfRangeInput, "marker");
  return std::string(text);
}

std::string time_text(Timestamp time) {
  std::array<std::byte, kTimeSize> bytes;
  store_le(bytes, 0, static_cast<std::uint64_t>(time.time_since_epoch().count()));
  return std::string(as_text(bytes));
}

// What keys of past states can hold.
Result<Timestamp> time_in(std::string_view text) {
  const auto ticks = static_cast<std::int64_t>(load_le<std::uint64_t>(as_bytes(text)));
  if (ticks < 0) return fail(ErrorCode::kOutOfRangeInput, "marker");
  return Timestamp(Ticks(ticks));
}

}  // namespace

std::string encode_blob_marker(const blob::ListPosition& position) {
  if (position.past) return encode(Kind::kPast, time_text(*position.past) + position.name);
  if (position.past_root) return encode(Kind::kPastRoot, position.name);
  return encode(position.past_prefix ? Kind::kPastPrefix : Kind::kBlob, position.name);
}

// Neither names of containers nor tags have a '|'.
std::string encode_find_marker(const blob::FindPosition& position) {
  return encode(Kind::kFound, position.container + '|' + position.value + '|' + position.name);
}

std::string encode_page_marker(std::uint64_t start) {
  return encode(Kind::kPages, std::to_string(start));
}

std::string encode_container_marker(const blob::ContainerPosition& position) {
  if (position.deleted == Timestamp{}) return encode(Kind::kContainer, position.name);
  return encode(Kind::kDeletion, time_text(position.deleted) + position.name);
}

Result<blob::ListPosition> decode_blob_marker(std::string_view marker) {
  LAPIS_TRY(const Decoded decoded, decode(marker));
  blob::ListPosition position;
  std::string_view text = decoded.text;
  if (decoded.kind == Kind::kPast && text.size() > kTimeSize) {
    LAPIS_TRY(position.past, time_in(text));
    text.remove_prefix(kTimeSize);
  } else if (decoded.kind != Kind::kBlob && decoded.kind != Kind::kPastPrefix &&
             decoded.kind != Kind::kPastRoot) {
    return fail(ErrorCode::kOutOfRangeInput, "marker of another listing");
  }
  LAPIS_TRY(position.name, name_in(text));
  position.past_prefix = decoded.kind == Kind::kPastPrefix;
  position.past_root = decoded.kind == Kind::kPastRoot;
  return position;
}

Result<blob::FindPosition> decode_find_marker(std::string_view marker) {
  LAPIS_TRY(const Decoded decoded, decode(marker));
  LAPIS_TRY(const std::string text, name_in(decoded.text));
  const auto first = text.find('|');
  const auto second = text.find('|', first == std::string::npos ? first : first + 1);
  if (decoded.kind != Kind::kFound || second == std::string::npos) {
    return fail(ErrorCode::kOutOfRangeInput, "marker of another listing");
  }
  return blob::FindPosition{text.substr(0, first), text.substr(first + 1, second - first - 1),
                            text.substr(second + 1)};
}

Result<std::uint64_t> decode_page_marker(std::string_view marker) {
  LAPIS_TRY(const Decoded decoded, decode(marker));
  const auto start = parse_u64(decoded.text);
  if (decoded.kind != Kind::kPages || !start) {
    return fail(ErrorCode::kOutOfRangeInput, "marker of another listing");
  }
  return *start;
}

Result<blob::ContainerPosition> decode_container_marker(std::string_view marker) {
  LAPIS_TRY(const Decoded decoded, decode(marker));
  blob::ContainerPosition position;
  std::string_view text = decoded.text;
  if (decoded.kind == Kind::kDeletion && text.size() > kTimeSize) {
    LAPIS_TRY(position.deleted, time_in(text));
    text.remove_prefix(kTimeSize);
  } else if (decoded.kind != Kind::kContainer) {
    return fail(ErrorCode::kOutOfRangeInput, "marker of another listing");
  }
  const bool is_first = position.deleted == Timestamp{};
  if (is_first != (decoded.kind == Kind::kContainer)) {
    return fail(ErrorCode::kOutOfRangeInput, "marker of two spellings");
  }
  LAPIS_TRY(position.name, name_in(text));
  return position;
}

}  // namespace lapis::azure
