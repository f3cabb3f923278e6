// The fields of a shared access signature, parsed and found well-formed; nothing is authenticated
// yet. Values are decoded and borrowed from the query.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lapis/azure/query.h"
#include "lapis/azure/version.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::azure {

enum class SasField : std::uint8_t {
  kVersion,             // sv
  kServices,            // ss
  kResourceTypes,       // srt
  kStart,               // st
  kExpiry,              // se
  kPermissions,         // sp
  kIp,                  // sip
  kProtocol,            // spr
  kResource,            // sr
  kPolicy,              // si
  kSignature,           // sig
  kEncryptionScope,     // ses
  kCacheControl,        // rscc
  kContentDisposition,  // rscd
  kContentEncoding,     // rsce
  kContentLanguage,     // rscl
  kContentType,         // rsct
};
inline constexpr std::size_t kSasFieldCount = 17;

std::string_view parameter_name(SasField field);

// What `sr` says that a service SAS is for.
inline constexpr std::string_view kContainerResource = "c";
inline constexpr std::string_view kBlobResource = "b";
inline constexpr std::string_view kSnapshotResource = "bs";
inline constexpr std::string_view kVersionResource = "bv";
constexpr bool is_of_blob(std::string_view resource) {
  return resource == kBlobResource || resource == kSnapshotResource || resource == kVersionResource;
}
// The first signatures that can be for them.
inline constexpr ServiceVersion kFirstOfSnapshots{20181109};
inline constexpr ServiceVersion kFirstOfVersions{20191212};

enum class SasKind : std::uint8_t { kAccount, kService };

struct SasFields {
  SasKind kind = SasKind::kService;
  ServiceVersion version;
  std::array<std::string_view, kSasFieldCount> values{};  // empty: absent
  std::optional<Timestamp> start;
  std::optional<Timestamp> expiry;  // may be absent where a stored policy is named

  std::string_view get(SasField field) const { return values[static_cast<std::size_t>(field)]; }
  bool permits(char letter) const {
    return get(SasField::kPermissions).find(letter) != std::string_view::npos;
  }
};

// True where the query carries a SAS, whole or broken.
bool has_sas(const Query& query);

// Expiry and permissions may be left to a stored access policy, where one is named. Errors:
// kAuthenticationFailed with a detail, for missing, empty and malformed fields, for an
// expiry before the start, and for what is not built: user delegation, directories, encryption
// scopes. A restriction that a SAS of that version does not sign is refused
// too: it must not be passed over, and it proves nothing.
Result<SasFields> parse_sas(const Query& query);

}  // namespace lapis::azure
