// The blob module's rows, decoded, and their encoding (records.proto; docs/formats.md). Decoders
// check what they read: damage is kInternalError, never a wrong answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "blob/keys.h"
#include "blob/pages/page_pieces.h"
#include "lapis/base/result.h"
#include "lapis/blob/service_properties.h"
#include "lapis/blob/types.h"
#include "lapis/storage/chunk_store.h"

namespace lapis::blob {

// One block: its bytes are in chunks or, where it is short, in a row of their own, so that
// committing moves no payload and a segment stays small.
struct Block {
  BlockId id;  // empty in the body of a Put Blob
  std::uint64_t length = 0;
  std::vector<storage::ChunkRef> chunks;
  BlockBytesId bytes_row;
  std::uint64_t first = 0;  // offset in its segment or body; set where it is decoded, not stored
  ContainerId bytes_home = {};  // of `bytes_row`, where that is not the body's container
};

// The chunks or the row that hold its bytes. `container`: the body's.
std::vector<BlockTarget> targets_of(ContainerId container, const Block& block);

// A piece of a large blob's block map: an immutable row of its own.
struct SegmentRef {
  SegmentId id;
  std::uint64_t length = 0;
  std::uint32_t blocks = 0;
  std::uint64_t first = 0;  // offset in the body; not stored
};

// The pages of a page blob: those that rows of `map` give for `generation` or, where a stripe has
// none of it, for the youngest before. Each holder of a generation sees it unchanged; only the blob
// itself writes, in the youngest.
struct PageBody {
  PageMapId map;  // 0: no page blob
  std::uint64_t generation = 0;
  std::uint64_t length_changes = 0;  // how often the blob's length was changed
};

// Pages of the blob that a page blob was copied from, beneath its own (pages/page_stack.h).
struct PageLayer {
  PageBody pages;
  std::uint64_t end = 0;  // page from which on none of them are seen
  BodyId id;              // where they are borrowed
  Lender lender = {};
};

// What a blob holds: its segments, then its blocks, then its inline bytes. Of a block blob at most
// one of these is in use, none where it is empty; an append blob has all three (append_tail.h).
struct Body {
  std::string inline_bytes;
  std::vector<Block> blocks;
  std::vector<SegmentRef> segments;
  bool listed = false;  // made by a block list: the blocks are the committed ones
  BodyId id;            // where other rows may hold it too (shared_body.h); 0: this one alone
  PageBody pages;       // of a page blob, instead of all that
  Lender lender = {};   // where it is borrowed; then it has an id
  std::vector<PageLayer> layers = {};  // beneath `pages`, those on top first
};

inline bool is_borrowed(const Body& body) { return body.lender != Lender{}; }
// Where the segments, the page map and the rows of bytes are of a body that a row of `container`
// holds.
inline ContainerId space_of(ContainerId container, const Body& body) {
  return is_borrowed(body) ? body.lender.container : container;
}

inline bool has_pages(const Body& body) { return body.pages.map != PageMapId{}; }
// The bytes that are in chunks and rows: what comes before the inline ones.
std::uint64_t named_length(const Body& body);

struct BlobRecord {
  BlobProperties properties;
  Body body;
};

struct Segment {
  std::vector<Block> blocks;
};

// The uncommitted blocks of a blob. `stamp` grows with every change of them, so that work prepared
// outside a transaction is validated by one number.
struct UploadRecord {
  UploadId id;
  std::uint64_t stamp = 0;
  std::uint32_t id_length = 0;
  std::uint32_t blocks = 0;
  Timestamp last_write;
};

struct ContainerRecord {
  ContainerId id;
  ContainerProperties properties;
};

struct ContainerState {
  std::uint64_t deleted = 0;  // 0 live, else a number drawn from next_id when it was deleted
  bool has_roots = false;     // a name in it has, or had, a root: they are looked for
  // Drawn from next_id whenever a state in it gets a policy or a hold; 0: none ever did.
  std::uint64_t protections = 0;
};

// How a body is shared (shared_body.h).
struct SharedBody {
  std::uint64_t rows = 0;
  bool counted = false;
  // Of an append blob's that has grown: the named length of the longest, and that one itself where
  // no row holds it any more. 0: all rows hold the same.
  std::uint64_t longest = 0;
  Body kept = {};
  std::uint64_t loans = 0;  // of other containers that hold it too: rows of table 32
  Lender lender = {};       // where it is borrowed
};

// Which generations of a page map rows and loans hold, and how many each, oldest first. Where it
// has no row one row holds one generation.
struct PageMap {
  struct Generation {
    std::uint64_t number = 0;
    std::uint64_t rows = 0;
    std::uint64_t loans = 0;  // of other containers that hold it too: rows of table 32
    std::uint64_t holders() const { return rows + loans; }
  };
  std::vector<Generation> generations;
};

// Pages behind the end of a blob that shrank, up to one.
struct PagesBehind {
  std::string blob;
  std::uint64_t end = 0;
};

// Of a page map: all of it; what a generation showed that nothing holds now; targets that are freed
// unless another row of the map names them; or what its blob does not reach any more.
struct PageRelease {
  PageMapId map;
  bool whole = false;
  bool thinned = false;
  std::vector<PageTarget> targets = {};
  std::optional<PagesBehind> behind = {};
};

// What waits to be freed: all that `body` names, the rows of `emptied` segments (whose blocks live
// on elsewhere or stand in `body`), and every staged block of `upload`. Blocks of an `owner` are
// freed only where no other body owns them. A `loan` goes back unless the borrower holds its body.
struct Release {
  Body body;
  UploadId upload;
  std::vector<SegmentId> emptied;
  BodyId owner;
  std::optional<PageRelease> pages = {};
  std::optional<Loan> loan = {};
};

// A blob row is: u32 (little-endian) n | n bytes Properties | Body. A listing decodes the first
// part only.
std::string encode_body(const Body& body);
Result<Body> decode_body(std::string_view encoded);
std::string encode_blob(const BlobProperties& properties, std::string_view encoded_body);
Result<BlobRecord> decode_blob(std::string_view row);
Result<BlobProperties> decode_properties(std::string_view blob_row);
// Of a root: one that is not soft-deleted has what the name was at last, and no body.
Result<BlobRecord> decode_root(std::string_view row);
// Its second part, for a row with other properties. Points into `blob_row`.
Result<std::string_view> encoded_body_of(std::string_view blob_row);

std::string encode(const Segment& segment);
Result<Segment> decode_segment(std::string_view row);
std::string encode(const Block& block);  // a staged block: without its id, which is in the key
Result<Block> decode_staged_block(std::string_view row, std::string_view id);
std::string encode(const UploadRecord& upload);
Result<UploadRecord> decode_upload(std::string_view row);
std::string encode(const ContainerRecord& container);
Result<ContainerRecord> decode_container(std::string_view row);
std::string encode(const ContainerState& state);
Result<ContainerState> decode_container_state(std::string_view row);
std::string encode(const SharedBody& shared);
Result<SharedBody> decode_shared_body(std::string_view row);
std::string encode(const PageMap& map);
Result<PageMap> decode_page_map(std::string_view row);
std::string encode_service_clock_mark(ServiceTime time);
Result<ServiceTime> decode_service_clock_mark(std::string_view row);
std::string encode(const Release& release);
Result<Release> decode_release(std::string_view row);
std::string encode(const ServiceProperties& properties);
Result<ServiceProperties> decode_service_properties(std::string_view row);

}  // namespace lapis::blob
