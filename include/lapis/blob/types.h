// The nouns of the service. Values that could be wrong are parsed into these at the edge; inside,
// nothing checks them again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/digest.h"
#include "lapis/base/fixed_text.h"
#include "lapis/base/ids.h"
#include "lapis/base/random.h"
#include "lapis/blob/container_access.h"

namespace lapis::blob {

struct ContainerKey {
  std::string account;
  std::string container;
};

struct BlobKey {
  std::string account;
  std::string container;
  std::string name;  // decoded UTF-8, 1 to 1024 characters, no NUL
  // The snapshot taken then, or the version of this id; else the blob itself. At most one of them.
  std::optional<Timestamp> snapshot = std::nullopt;
  std::optional<Timestamp> version = std::nullopt;
};

// An entity tag: a number never used before, so a change is never missed. Written "0x8D…" as Azure
// writes it.
struct Etag {
  std::uint64_t value = 0;
  friend bool operator==(const Etag&, const Etag&) = default;
  std::string text() const;      // 0x8D0000000000001
  FixedText<19> quoted() const;  // "0x8D0000000000001" with the quotes
};

// Name and value pairs in the order given; names keep their case and are unique without it.
using Metadata = std::vector<std::pair<std::string, std::string>>;

enum class AccessTier : std::uint8_t { kHot, kCool, kCold, kArchive, kSmart };
std::string_view to_string(AccessTier tier);
std::optional<AccessTier> parse_access_tier(std::string_view text);  // exact case-insensitive names

enum class BlobType : std::uint8_t { kBlock, kAppend, kPage };

// The properties that a client sets and gets back. An empty string is "not set".
struct HttpProperties {
  std::string content_type;
  std::string content_encoding;
  std::string content_language;
  std::string content_disposition;
  std::string cache_control;
  std::optional<Md5Digest> content_md5;
};

// A transactional hash: checked against the bytes of the request, then forgotten.
struct BodyHashes {
  std::optional<Md5Digest> md5;
  std::optional<std::uint64_t> crc64;
};

// The time of ServiceClock: what leases go by.
using ServiceTime = std::chrono::time_point<class ServiceClock, Ticks>;

using LeaseId = Guid;

// A lease as it was left by the last operation on it. What it is worth now is for the rules to say
// (lease_view.h): it expires, and its breaking ends, without anything being written.
struct Lease {
  LeaseId id;
  std::optional<std::chrono::seconds> duration;  // of each grant; nothing: without end
  ServiceTime ends;                              // of one that has a duration
  std::optional<ServiceTime> breaks;             // when it is broken, or was
};

// Up to ten pairs that blobs are found by; keys are unique, case included.
using Tags = std::vector<std::pair<std::string, std::string>>;

// Of the last copy that made this blob.
enum class CopyStatus : std::uint8_t { kPending, kSuccess, kAborted, kFailed };
std::string_view to_string(CopyStatus status);
// Of a page blob that incremental copies have made: the last one.
struct IncrementalCopy {
  Timestamp snapshot;            // of the blob, that it has made
  ContainerId source_container;  // whose
  std::string source;            // blob it is a copy of: of a snapshot
  Timestamp source_snapshot;     // taken then
};
struct CopyProperties {
  Guid id;
  std::string source;  // its URL, without what authorised reading it
  CopyStatus status = CopyStatus::kSuccess;
  std::string description;  // of a failure
  std::uint64_t copied = 0;
  std::uint64_t total = 0;
  std::optional<Timestamp> completed;  // or failed, or aborted
  std::optional<IncrementalCopy> incremental = {};
};

// When a state of a blob was deleted that can be brought back, and until when it can.
struct Deletion {
  Timestamp at;
  ServiceTime until;
};

// Until when a state of a blob can neither be changed nor deleted, and whether that may be taken
// back: of one that is locked the time can only be put off.
struct ImmutabilityPolicy {
  Timestamp until;
  bool locked = false;
};

// Everything that GET, HEAD and a listing show of a committed blob.
struct BlobProperties {
  BlobType type = BlobType::kBlock;
  Etag etag;
  Timestamp created;
  Timestamp last_modified;
  std::uint64_t content_length = 0;
  HttpProperties http;
  Metadata metadata;
  AccessTier tier = AccessTier::kHot;
  bool tier_inferred = true;  // never set by a client
  std::optional<Timestamp> tier_changed;
  std::optional<CopyProperties> copy;
  std::optional<Timestamp> snapshot;  // of a snapshot: when it was taken
  // Of the blob itself: how many past states it has, of each kind those that are not deleted and
  // those that are and are kept for a while.
  std::uint32_t snapshots = 0;
  std::uint32_t versions = 0;  // previous ones
  std::uint32_t deleted_snapshots = 0;
  std::uint32_t deleted_versions = 0;
  Timestamp last_past;  // the youngest time that a past state of it ever had
  std::optional<Lease> lease;
  Tags tags;
  std::optional<Timestamp> version;   // its id, where it was written while the account kept them
  std::optional<Deletion> deletion;   // of a state that is kept for a while
  std::uint64_t past_changes = 0;     // of the blob itself: grows as its past states change
  std::uint32_t append_blocks = 0;    // of an append blob: how many there are
  bool sealed = false;                // an append blob that takes no more
  std::uint64_t sequence_number = 0;  // of a page blob
  std::optional<ImmutabilityPolicy> immutability;
  bool legal_hold = false;               // as immutable, for as long as it is set
  std::optional<Timestamp> last_access;  // where the account keeps it
};

// Whether they are a snapshot's or a previous version's. A blob that has an id has given its name a
// youngest time by it, which past states do not hold.
inline bool is_past(const BlobProperties& properties) {
  if (properties.snapshot) return true;
  return properties.version && properties.last_past == Timestamp{};
}

struct ContainerProperties {
  Etag etag;
  Timestamp last_modified;
  Metadata metadata;
  std::optional<Lease> lease = {};
  ContainerAccess access = {};
  std::optional<Deletion> deletion = {};  // of one that is kept for a while
};

// A block's id as the client wrote it: base64 text of 1 to 64 bytes.
struct BlockId {
  std::string text;
  friend auto operator<=>(const BlockId&, const BlockId&) = default;
};

// Limits of the service. Azure's, but for what an installation may lower.
struct Limits {
  static constexpr std::size_t kMaxCommittedBlocks = 50'000;
  static constexpr std::size_t kMaxUncommittedBlocks = 100'000;
  static constexpr std::size_t kMaxListResults = 5'000;
  static constexpr std::chrono::hours kUncommittedLifetime{7 * 24};
  std::uint64_t inline_body_bytes = 4 * 1024;  // bodies up to this live in the blob's record
  std::size_t list_rows_visited = 50'000;      // of one listing; then a page ends early
  // Copy Blob of what is elsewhere is done when it is answered up to this length.
  std::uint64_t copied_at_once = 8ull << 20;
};

}  // namespace lapis::blob
