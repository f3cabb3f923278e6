// Which names accounts, containers and blobs may have. Pure.
// Source: REST "Naming and referencing containers, blobs, and metadata".
#pragma once

#include <string_view>

#include "lapis/base/result.h"

namespace lapis::azure {

inline constexpr std::size_t kMaxBlobNameLength = 1024;   // characters (UTF-16 code units)
inline constexpr std::size_t kMaxBlobNameSegments = 254;  // parts between slashes

bool is_account_name(std::string_view name);

// $root, $web, $logs and $blobchangefeed.
bool is_special_container(std::string_view name);

// Errors: kInvalidResourceName of those that Azure fills itself, and clients cannot make.
Result<void> check_made_by_clients(std::string_view container);

// Errors: kOutOfRangeInput (length), kInvalidResourceName (characters).
Result<void> check_container_name(std::string_view name);

// `name` is not empty. Errors: kInvalidUri (not UTF-8, NUL, too many segments), kOutOfRangeInput.
Result<void> check_blob_name(std::string_view name);

}  // namespace lapis::azure
