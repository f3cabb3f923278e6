#include "azure/names.h"

#include <algorithm>

#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_account_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 24 && std::ranges::all_of(name, is_lower_or_digit);
}

bool is_special_container(std::string_view name) {
  return name == "$root" || name == "$web" || name == "$logs" || name == "$blobchangefeed";
}

Result<void> check_made_by_clients(std::string_view container) {
  if (container != "$logs" && container != "$blobchangefeed") return {};
  return fail(ErrorCode::kInvalidResourceName, "a container of the service");
}

Result<void> check_container_name(std::string_view name) {
  if (is_special_container(name)) return {};
  if (name.size() < 3 || name.size() > 63) {
    return fail(ErrorCode::kOutOfRangeInput, "container name of illegal length");
  }
  const bool letters =
      std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
  if (!letters || name.front() == '-' || name.back() == '-' ||
      name.find("--") != std::string_view::npos) {
    return fail(ErrorCode::kInvalidResourceName, "container name");
  }
  return {};
}

Result<void> check_blob_name(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return fail(ErrorCode::kInvalidUri, "NUL in name");
  if (!is_utf8(name)) return fail(ErrorCode::kInvalidUri, "blob name is not UTF-8");
  if (name.size() > kMaxBlobNameLength && utf16_length(name) > kMaxBlobNameLength) {
    return fail(ErrorCode::kOutOfRangeInput, "blob name too long");
  }
  if (static_cast<std::size_t>(std::ranges::count(name, '/')) >= kMaxBlobNameSegments) {
    return fail(ErrorCode::kInvalidUri, "blob name of too many segments");
  }
  return {};
}

}  // namespace lapis::azure
