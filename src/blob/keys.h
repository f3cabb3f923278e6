// Keys of the blob module's rows. Ids are eight bytes, most significant first, so that rows sort by
// id; names are raw UTF-8 without NUL, ended by one where something follows. (Byte values in hex;
// the first byte is storage::Table.)
//
//   container name   20 | account | 00 | container
//   container state  21 | container id
//   snapshot         22 | container id | name | 00 | time, 100 ns units since 1970
//   blob             22 | container id | name | 00 | ff ff ff ff ff ff ff ff
//   upload           22 | container id | name | 00 | ff ff ff ff ff ff ff fe
//   root             22 | container id | name | 00 | ff ff ff ff ff ff ff fd
//   upload's name    23 | container id | upload id
//   staged block     23 | container id | upload id | block id text (4 to 88 characters of base64)
//   segment          24 | container id | segment id
//   release entry    25 | container id | entry id
//   block bytes      26 | container id | id
//   service properties 27 | account
//   placement hint   28 | container id | name
//   shared body      29 | container id | body id
//   page stripe      2b | container id | page map id | stripe | generation, all bits turned over
//   page map         31 | container id | page map id
//   loan             32 | container id | body id | borrower's container id | its body id
//   pending copy     33 | copy id, the 16 bytes of its GUID
//   owner of a block 2a | 0, or container id | chunk id, or id of table 26 | body id
//   tag              2c | container id | key | 00 | value | 00 | blob name
//   service clock    2e
//   expiry           2f | time | container id | name | 00 | time of a past state, or ff… of the
//   root, or of the container: then the name is ff, which no blob's is
//   kept container   30 | account | 00 | container | 00 | when it was deleted
//
// A listing walks the rows of table 22 in order: names sort by their bytes, a shorter one first
// because of the 00 behind it. Behind the name stands the time of a past state (a snapshot, a
// previous version), oldest first: the base blob's ff… sorts last, as Azure lists it, the row that
// says "has uncommitted blocks" right before it, and before that the root: the row of a name that
// has no base blob but states that are past.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/ids.h"
#include "lapis/base/random.h"
#include "lapis/blob/types.h"
#include "lapis/storage/tables.h"

namespace lapis::blob {

using UploadId = StrongId<struct UploadIdTag>;          // one life of a blob's uncommitted blocks
using BlockBytesId = StrongId<struct BlockBytesIdTag>;  // a short block's bytes; 0 is none
using ReleaseId = StrongId<struct ReleaseIdTag>;
using PageMapId = StrongId<struct PageMapIdTag>;  // where the pages of a page blob lie; 0: none
using BodyId = StrongId<struct BodyIdTag>;        // a body that was ever held by two rows; 0: never

// What a block's bytes are in: a chunk (space 0), or a row of table 26 (space: its container).
struct BlockTarget {
  std::uint64_t space = 0;
  std::uint64_t id = 0;
  friend auto operator<=>(const BlockTarget&, const BlockTarget&) = default;
};

// Whose a body is that blobs of another container hold (loan.h): none for most.
struct Lender {
  ContainerId container;  // whose segments and rows of bytes it has
  BodyId body;            // its id there
  friend bool operator==(const Lender&, const Lender&) = default;
};

// A body of a container that rows of another one, the borrower, hold under an id of its own.
struct Loan {
  Lender lender;
  ContainerId borrower;
  BodyId body;
};

std::string container_name_key(std::string_view account, std::string_view container);
std::string container_state_key(ContainerId container);
std::string blob_key(ContainerId container, std::string_view name);
std::string past_key(ContainerId container, std::string_view name, Timestamp time);
std::string root_key(ContainerId container, std::string_view name);
std::string upload_key(ContainerId container, std::string_view name);
std::string upload_name_key(ContainerId container, UploadId upload);
std::string staged_block_key(ContainerId container, UploadId upload, const BlockId& block);
std::string segment_key(ContainerId container, SegmentId segment);
std::string release_key(ContainerId container, ReleaseId entry);
std::string block_bytes_key(ContainerId container, BlockBytesId id);
std::string service_properties_key(std::string_view account);
std::string hint_key(ContainerId container, std::string_view name);
std::string shared_body_key(ContainerId container, BodyId body);
std::string block_owner_key(BlockTarget target, BodyId owner);
std::string loan_key(const Loan& loan);
std::string pending_copy_key(const Guid& copy);
// Of one stripe the youngest generation comes first.
struct PageStripeKey {
  ContainerId container;
  PageMapId map;
  std::uint64_t stripe = 0;
  std::uint64_t generation = 0;
};
std::string page_stripe_key(const PageStripeKey& key);
std::string page_map_key(ContainerId container, PageMapId map);
std::string service_clock_key();
// `state`: of a past state; nothing: of the root.
std::string expiry_key(ServiceTime until, ContainerId container, std::string_view name,
                       std::optional<Timestamp> state);
// Of a container that is kept; the row's value is its key in table 30.
std::string container_expiry_key(ServiceTime until, ContainerId container);
// Where the keys end of what is over at `now`.
std::string expiry_end(ServiceTime now);
// A container that is kept after its deletion: of one name the oldest deletion comes first.
std::string kept_container_key(std::string_view account, std::string_view container,
                               Timestamp deleted);
// Tags hold no NUL, so that values of a key sort by their bytes, and one value's blobs by name.
std::string tag_key(ContainerId container, std::string_view key, std::string_view value,
                    std::string_view name);

// Where keys that begin with the given parts begin; with `prefix_end` of it, the range of them.
std::string table_prefix(storage::Table table);
std::string container_prefix(storage::Table table, ContainerId container);  // 21 to 26, 28, 29, 2c
std::string account_prefix(std::string_view account);                       // table 20
std::string kept_prefix(std::string_view account);                          // table 30
std::string name_prefix(ContainerId container, std::string_view prefix);    // table 22
std::string upload_prefix(ContainerId container, UploadId upload);          // table 23
std::string block_owner_prefix(BlockTarget target);                         // table 2a
std::string page_map_prefix(ContainerId container, PageMapId map);          // table 2b

std::string tag_key_prefix(ContainerId container, std::string_view key);  // table 2c
std::string tag_value_prefix(ContainerId container, std::string_view key, std::string_view value);

// The first key after all that begin with `prefix`, whatever bytes it ends with; empty where there
// is none (a prefix of ff only).
std::string prefix_end(std::string_view prefix);

// A key of table 22, taken apart; nothing where it is none. `name` points into the key.
enum class NameRow : std::uint8_t { kBlob, kUpload, kRoot, kPast };
struct NameKey {
  ContainerId container;
  std::string_view name;
  NameRow row;
  Timestamp time = {};  // of a past state
};
std::optional<NameKey> parse_name_key(std::string_view key);

// A key of table 23. An empty block id: the row of the upload's name.
struct StagedKey {
  ContainerId container;
  UploadId upload;
  std::string_view block;
};
std::optional<StagedKey> parse_staged_key(std::string_view key);

// A key of table 25.
struct ReleaseKey {
  ContainerId container;
  ReleaseId entry;
};
std::optional<ReleaseKey> parse_release_key(std::string_view key);

// A key of table 28. `name` points into the key.
struct HintKey {
  ContainerId container;
  std::string_view name;
};
std::optional<HintKey> parse_hint_key(std::string_view key);

// A key of table 29.
struct SharedBodyKey {
  ContainerId container;
  BodyId body;
};
std::optional<SharedBodyKey> parse_shared_body_key(std::string_view key);

// A key of table 2a.
struct BlockOwnerKey {
  BlockTarget target;
  BodyId owner;
};
std::optional<BlockOwnerKey> parse_block_owner_key(std::string_view key);

// A key of table 32.
std::optional<Loan> parse_loan_key(std::string_view key);
std::optional<Guid> parse_pending_copy_key(std::string_view key);

// A key of table 2b, and of table 31.
std::optional<PageStripeKey> parse_page_stripe_key(std::string_view key);
struct PageMapKey {
  ContainerId container;
  PageMapId map;
};
std::optional<PageMapKey> parse_page_map_key(std::string_view key);

// A key of table 2c. All point into it.
struct TagKey {
  ContainerId container;
  std::string_view key;
  std::string_view value;
  std::string_view name;
};
std::optional<TagKey> parse_tag_key(std::string_view key);

// A key of table 2f. `name` points into the key.
struct ExpiryKey {
  ServiceTime until;
  ContainerId container;
  std::string_view name;
  std::optional<Timestamp> state;  // nothing: the root, or the container
  bool is_of_container() const { return name == "\xff"; }
};
std::optional<ExpiryKey> parse_expiry_key(std::string_view key);

// A key of table 30. The names point into it.
struct KeptContainerKey {
  std::string_view account;
  std::string_view name;
  Timestamp deleted;
};
std::optional<KeptContainerKey> parse_kept_container_key(std::string_view key);

// The container's name out of a key of table 20, its id out of one of table 21.
std::optional<std::string_view> parse_container_name_key(std::string_view key);
std::optional<ContainerId> parse_container_state_key(std::string_view key);

}  // namespace lapis::blob
