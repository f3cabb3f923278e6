#include "azure/request/body_hashes.h"

#include <algorithm>
#include <array>

#include "azure/field_errors.h"
#include "lapis/base/base64.h"
#include "lapis/base/crc64.h"

namespace lapis::azure {

Result<std::optional<Md5Digest>> parse_md5(const http::Headers& headers, std::string_view name) {
  const std::string_view text = headers.get(name);
  if (text.empty()) return std::nullopt;
  const auto bytes = base64_decode(text);
  Md5Digest digest;
  if (!bytes || bytes->size() != digest.size()) return fail(ErrorCode::kInvalidMd5);
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

namespace {

Result<blob::BodyHashes> parse_hashes(const Call& call, std::string_view md5_name,
                                      std::string_view crc64_name) {
  const http::Headers& headers = call.request.headers;
  blob::BodyHashes hashes;
  LAPIS_TRY(hashes.md5, parse_md5(headers, md5_name));
  const std::string_view text = headers.get(crc64_name);
  if (text.empty() || !call.at_least(kTakesCrc64)) return hashes;
  if (hashes.md5) return fail(ErrorCode::kBothCrc64AndMd5HeaderPresent);
  const auto bytes = base64_decode(text);
  if (!bytes || bytes->size() < 8) return fail(invalid_header(crc64_name, text));
  if (bytes->size() > 8) {
    return fail(Error{ErrorCode::kCrc64Mismatch}.with("UserSpecifiedCrc", std::string(text)));
  }
  hashes.crc64 = load_le<std::uint64_t>(*bytes);
  return hashes;
}

}  // namespace

Result<blob::BodyHashes> parse_body_hashes(const Call& call) {
  return parse_hashes(call, "Content-MD5", "x-ms-content-crc64");
}

Result<blob::BodyHashes> parse_source_hashes(const Call& call) {
  return parse_hashes(call, "x-ms-source-content-md5", "x-ms-source-content-crc64");
}

DocumentHashes hash_document(std::string_view document) {
  return {md5(as_bytes(document)), crc64(as_bytes(document))};
}

Result<void> check_hashes(const blob::BodyHashes& given, const DocumentHashes& actual) {
  if (given.md5 && *given.md5 != actual.md5) {
    return fail(Error{ErrorCode::kMd5Mismatch}
                    .with("UserSpecifiedMd5", md5_text(*given.md5))
                    .with("ServerCalculatedMd5", md5_text(actual.md5)));
  }
  if (given.crc64 && *given.crc64 != actual.crc64) {
    return fail(Error{ErrorCode::kCrc64Mismatch}
                    .with("UserSpecifiedCrc", crc64_text(*given.crc64))
                    .with("ServerCalculatedCrc", crc64_text(actual.crc64)));
  }
  return {};
}

std::string md5_text(const Md5Digest& digest) { return base64_encode(digest); }

std::string crc64_text(std::uint64_t crc) {
  std::array<std::byte, 8> bytes;
  store_le(bytes, 0, crc);
  return base64_encode(bytes);
}

}  // namespace lapis::azure
