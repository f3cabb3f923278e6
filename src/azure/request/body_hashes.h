// The hashes that a request gives for bytes.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// The first version that knows CRC-64: older ones pass over it.
inline constexpr std::uint32_t kTakesCrc64 = 20190202;

// Content-MD5 and x-ms-content-crc64. Errors: kInvalidMd5, kInvalidHeaderValue,
// kBothCrc64AndMd5HeaderPresent, kCrc64Mismatch (a value longer than a CRC-64 can be).
Result<blob::BodyHashes> parse_body_hashes(const Call& call);
// x-ms-source-content-md5 and x-ms-source-content-crc64: of what a copy reads. Errors: the same.
Result<blob::BodyHashes> parse_source_hashes(const Call& call);

// An MD5 header; nothing where it is absent or empty. Errors: kInvalidMd5.
Result<std::optional<Md5Digest>> parse_md5(const http::Headers& headers, std::string_view name);

// The hashes of a document that was read whole.
struct DocumentHashes {
  Md5Digest md5;
  std::uint64_t crc64;
};
DocumentHashes hash_document(std::string_view document);

// Errors: kMd5Mismatch, kCrc64Mismatch with both values.
Result<void> check_hashes(const blob::BodyHashes& given, const DocumentHashes& actual);

std::string md5_text(const Md5Digest& digest);
std::string crc64_text(std::uint64_t crc);  // base64 of the 8 bytes, little-endian

}  // namespace lapis::azure
