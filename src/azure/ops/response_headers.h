// Headers that several answers carry. The ones every answer carries (x-ms-request-id, x-ms-version,
// x-ms-client-request-id, Date, Server) are the gateway's and the session's to add.
#pragma once

#include <optional>
#include <string_view>

#include "lapis/azure/call.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// The first versions whose answers carry these.
inline constexpr std::uint32_t kTellsEncryption = 20151211;
inline constexpr std::uint32_t kTellsCreationTime = 20171109;
inline constexpr std::uint32_t kTellsCrc64 = 20190202;
inline constexpr std::uint32_t kTellsLastAccess = 20200210;
inline constexpr std::uint32_t kTellsBothHashes = 20261006;

void add_etag_and_date(http::Headers& headers, blob::Etag etag, Timestamp last_modified);

// x-ms-version-id, where there is one.
void add_version(http::Headers& headers, const Call& call, const std::optional<Timestamp>& version);

// Lapis does not encrypt what it stores, and says so: "false".
void add_request_encrypted(http::Headers& headers, const Call& call);

// The hash of what Put Block or Put Block List sent: the MD5 before 2019-02-02; from then on the
// CRC-64, but the MD5 where the request had one (in `given_by`); both from 2026-10-06.
void add_body_hash(http::Headers& headers, const Call& call, const std::optional<Md5Digest>& md5,
                   std::uint64_t crc64, std::string_view given_by = "Content-MD5");

// The hash of what an append or a write of pages read from a URL: the MD5 whatever the version, but
// from 2019-02-02 on the CRC-64 where the request had the source's; both from 2026-10-06.
void add_source_hash(http::Headers& headers, const Call& call, const std::optional<Md5Digest>& md5,
                     std::uint64_t crc64);
// True where that needs an MD5 that the request did not give.
bool wants_source_md5(const Call& call);

// True where the answer needs an MD5 that the request did not give.
bool wants_md5(const Call& call);

// The answer to making a blob without a body, be it of pages or for appending.
struct MadeBlob {
  blob::Etag etag;
  Timestamp last_modified;
  std::optional<Timestamp> version;
};
http::Response made_blob_response(const Call& call, const MadeBlob& made);

// An answer with an XML body.
http::Response xml_response(std::string xml);

}  // namespace lapis::azure
