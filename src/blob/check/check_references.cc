#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/check/kept_check.h"
#include "blob/check/past_check.h"
#include "blob/check/reference_walk.h"
#include "blob/check/row_scan.h"
#include "blob/check/sharing.h"
#include "blob/check/tag_check.h"
#include "blob/pages/page_stack.h"
#include "lapis/base/bytes.h"
#include "lapis/storage/key_batch.h"

namespace lapis::blob {
namespace {

using storage::Finding;
using storage::FindingKind;
using storage::Table;

constexpr std::size_t kBytesKeyBytes = 17;

// A row that references are to: a chunk's, or one of bytes.
struct TargetRow {
  ReferenceKey key;
  std::uint64_t length = 0;
  std::uint64_t references = 1;  // how many owners it is there for; 0: the row is damaged
};

// The rows of bytes in order. Told of and passed over where a key is damaged.
class BytesRowScan {
 public:
  BytesRowScan(storage::MetaSnapshot& snapshot, ReferenceKey first, std::optional<ReferenceKey> end)
      : cursor_(snapshot.scan(key_of(first),
                              end ? key_of(*end) : prefix_end(table_prefix(Table::kBlockBytes)))) {}

  Result<std::optional<TargetRow>> next() {
    if (!cursor_->valid()) {
      LAPIS_TRY_VOID(cursor_->status());
      return std::nullopt;
    }
    const Bytes key = as_bytes(cursor_->key());
    if (key.size() != kBytesKeyBytes) return fail(ErrorCode::kInternalError, "key of bytes");
    const ReferenceKey target{load_be<std::uint64_t>(key, 1), load_be<std::uint64_t>(key, 9)};
    const TargetRow row{target, cursor_->value().size()};
    cursor_->next();
    return row;
  }

 private:
  static std::string key_of(ReferenceKey key) {
    return block_bytes_key(ContainerId{key.space}, BlockBytesId{key.id});
  }
  std::unique_ptr<storage::MetaCursor> cursor_;
};

// The rows of one batch: chunks are of space 0, all others' spaces are containers.
class TargetScan {
 public:
  TargetScan(storage::MetaSnapshot& snapshot, ReferenceKey begin, std::optional<ReferenceKey> end) {
    if (begin.space == 0) {
      const bool ends_here = end && end->space == 0;
      chunks_.emplace(snapshot, ChunkId{begin.id},
                      ends_here ? std::optional(ChunkId{end->id}) : std::nullopt);
      if (!ends_here) bytes_.emplace(snapshot, ReferenceKey{1, 0}, end);
    } else {
      bytes_.emplace(snapshot, begin, end);
    }
  }

  Result<std::optional<TargetRow>> next() {
    if (chunks_) {
      LAPIS_TRY(const auto row, chunks_->next());
      if (row) return TargetRow{{0, row->id.value}, row->length, row->references};
      chunks_.reset();
    }
    if (!bytes_) return std::nullopt;
    return bytes_->next();
  }

 private:
  std::optional<storage::ChunkRowScan> chunks_;
  std::optional<BytesRowScan> bytes_;
};

// Merges the references of one batch with the rows.
class ReferenceMerge {
 public:
  ReferenceMerge(BlockOwnerScan listed, const std::vector<Reference>& references,
                 const ContainerIndex& containers, const storage::FindingSink& found,
                 ReferenceStats& stats)
      : listed_rows_(std::move(listed)),
        references_(references),
        containers_(containers),
        found_(found),
        stats_(stats) {}

  Result<void> meet(const TargetRow& row) {
    pass_until(row.key);
    LAPIS_TRY(const std::vector<BodyId> listed, take_listed(row.key));
    meet_users(row, take(row.key), listed);
    return {};
  }
  Result<void> finish() {
    constexpr ReferenceKey kEnd{~0ull, ~0ull};
    pass_until(kEnd);
    LAPIS_TRY_VOID(take_listed(kEnd));
    return {};
  }

 private:
  struct Users {
    std::vector<OwnerHash> live;
    std::vector<OwnerHash> pending;  // of what is queued to be freed
    std::uint32_t length = 0;
    bool empty() const { return live.empty() && pending.empty(); }
  };

  void meet_users(const TargetRow& row, const Users& users, const std::vector<BodyId>& listed) {
    if (row.key.space != 0) ++stats_.short_blocks;
    if (row.references == 0) return;  // told where chunks were checked
    if (users.empty()) return tell(FindingKind::kLeaked, row.key, {});
    const std::uint64_t owners = users.live.size() + users.pending.size();
    if (!listed.empty()) {
      check_listed(row.key, users, listed);
    } else if (owners != row.references) {
      tell(FindingKind::kDoubled, row.key, {{"recorded", row.references}, {"counted", owners}});
    }
    if (users.length != row.length) {
      tell(FindingKind::kWrong, row.key,
           {{"length", row.length}, {"named_with_length", std::uint64_t{users.length}}});
    }
  }
  // What is queued to be freed may have given its part up already.
  void check_listed(ReferenceKey key, const Users& users, const std::vector<BodyId>& listed) {
    std::vector<OwnerHash> owners;
    for (const BodyId body : listed) owners.push_back(owner_of_body(body, {}));
    for (const OwnerHash live : users.live) {
      if (std::ranges::find(owners, live) != owners.end()) continue;
      tell(FindingKind::kDoubled, key,
           {{"recorded", std::uint64_t{owners.size()}},
            {"counted", std::uint64_t{users.live.size()}}});
      break;
    }
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const auto is_owner = [&](OwnerHash owner) { return owner == owners[i]; };
      if (std::ranges::any_of(users.live, is_owner)) continue;
      if (std::ranges::any_of(users.pending, is_owner)) continue;
      tell_owner(key, listed[i]);
    }
  }

  // Of the blocks up to this one; who owns others than it owns nothing.
  Result<std::vector<BodyId>> take_listed(ReferenceKey key) {
    while (true) {
      if (!listed_) {
        LAPIS_TRY(listed_, listed_rows_.next());
      }
      if (!listed_ || listed_->target > key) return std::vector<BodyId>{};
      auto block = *std::exchange(listed_, std::nullopt);
      if (block.target == key) return std::move(block.owners);
      for (const BodyId owner : block.owners) tell_owner(block.target, owner);
    }
  }

  void tell_owner(ReferenceKey key, BodyId owner) {
    storage::Finding finding{FindingKind::kLeaked, "block_owner", {}, {}};
    if (key.space == 0) finding.fields.push_back({"chunk", key.id});
    if (key.space != 0) finding.fields.push_back({"bytes_row", key.id});
    finding.fields.push_back({"body", owner.value});
    found_(std::move(finding));
  }

  // References to one target are sorted by their owners.
  Users take(ReferenceKey key) {
    Users users;
    for (; next_ < references_.size() && references_[next_].target == key; ++next_) {
      const Reference& reference = references_[next_];
      users.length = reference.length;
      const bool goes_on = !users.live.empty() && users.live.back() == reference.owner;
      if (reference.is_possible && goes_on) continue;
      auto& owners = reference.is_pending ? users.pending : users.live;
      if (owners.empty() || owners.back() != reference.owner) owners.push_back(reference.owner);
    }
    return users;
  }

  void pass_until(ReferenceKey key) {
    while (next_ < references_.size() && references_[next_].target < key) {
      const ReferenceKey missing = references_[next_].target;
      if (!take(missing).live.empty()) {
        tell(FindingKind::kLost, missing, {});
      } else {
        ++stats_.freed_already;
      }
    }
  }

  void tell(FindingKind kind, ReferenceKey key, std::vector<storage::FindingField> more) {
    const bool is_chunk = key.space == 0;
    const char* what = kind == FindingKind::kDoubled ? "references"
                       : kind == FindingKind::kWrong ? "length"
                                                     : "row";
    Finding finding{kind, std::string(is_chunk ? "chunk_" : "block_bytes_") + what, {}, {}};
    if (is_chunk) {
      finding.chunk = ChunkId{key.id};
      finding.fields.push_back({"chunk", key.id});
    } else {
      finding.fields.push_back({"container", containers_.name_of(ContainerId{key.space})});
      finding.fields.push_back({"bytes_row", key.id});
    }
    for (auto& field : more) finding.fields.push_back(std::move(field));
    found_(std::move(finding));
  }

  BlockOwnerScan listed_rows_;
  std::optional<BlockOwnerScan::Block> listed_;
  const std::vector<Reference>& references_;
  const ContainerIndex& containers_;
  const storage::FindingSink& found_;
  ReferenceStats& stats_;
  std::size_t next_ = 0;
};

}  // namespace

Result<ReferenceStats> check_references(const ReferenceCheck& check,
                                        const storage::FindingSink& found) {
  ReferenceStats stats;
  LAPIS_TRY(const ContainerIndex containers, ContainerIndex::load(check, found, stats));
  LAPIS_TRY(const ReferenceWalk walk, ReferenceWalk::prepare(check, containers, found, stats));
  LAPIS_TRY_VOID(check_segments(check, walk.segments(), containers, found, stats));
  LAPIS_TRY_VOID(check_page_maps(check, walk.page_maps(), containers, found));
  LAPIS_TRY_VOID(check_sharing(check, walk.shared(), walk.loans(), containers, found));
  LAPIS_TRY_VOID(check_loans(check, walk.loans(), containers, found));
  LAPIS_TRY_VOID(check_tags(check, containers, found));
  LAPIS_TRY_VOID(check_past_states(check, containers, found));
  LAPIS_TRY_VOID(check_kept_containers(check, containers, found));
  ReferenceKey begin;
  std::optional<ReferenceKey> end = begin;
  while (end) {
    begin = *end;
    storage::KeyBatch<Reference> batch(begin, check.batch);
    const auto add = [&](const Reference& reference, const Holder&) { batch.add(reference); };
    LAPIS_TRY_VOID(walk.run(check, add));
    end = batch.end();
    ReferenceMerge merge(BlockOwnerScan(check.snapshot, begin, end), batch.sorted(), containers,
                         found, stats);
    TargetScan rows(check.snapshot, begin, end);
    while (true) {
      LAPIS_TRY(const auto row, rows.next());
      if (!row) break;
      LAPIS_TRY_VOID(merge.meet(*row));
    }
    LAPIS_TRY_VOID(merge.finish());
  }
  return stats;
}

Result<void> find_users(const ReferenceCheck& check, const std::set<ChunkId>& chunks,
                        const std::function<void(ChunkUser)>& found) {
  if (chunks.empty()) return {};
  const storage::FindingSink told_before = [](const Finding&) {};
  ReferenceStats ignored;
  LAPIS_TRY(const ContainerIndex containers, ContainerIndex::load(check, told_before, ignored));
  LAPIS_TRY(const ReferenceWalk walk,
            ReferenceWalk::prepare(check, containers, told_before, ignored));
  // Blobs whose segments or page maps name one of the chunks: their names are known after one more
  // scan.
  std::multimap<std::pair<ContainerId, SegmentId>, ChunkId> in_segments;
  std::set<std::tuple<ContainerId, PageMapId, ChunkId>> in_maps;
  const auto look = [&](const Reference& reference, const Holder& holder) {
    const ChunkId chunk{reference.target.id};
    if (reference.target.space != 0 || reference.is_pending || !chunks.contains(chunk)) return;
    if (holder.segment != SegmentId{}) {
      in_segments.emplace(std::pair(holder.container, holder.segment), chunk);
      return;
    }
    if (holder.map != PageMapId{}) {
      in_maps.emplace(holder.container, holder.map, chunk);
      return;
    }
    if (holder.blob.empty()) return;  // of a body that is kept for what others hold of it
    found({chunk, containers.name_of(holder.container), std::string(holder.blob),
           holder.is_uncommitted});
  };
  LAPIS_TRY_VOID(walk.run(check, look));
  if (in_segments.empty() && in_maps.empty()) return {};
  const auto name = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto parsed = parse_name_key(key);
    if (!parsed || parsed->row == NameRow::kUpload) return {};
    LAPIS_TRY(const BlobRecord blob, decode_state(parsed->row, value));
    const std::string shown = shown_name(*parsed, blob.properties);
    const ContainerId space = space_of(parsed->container, blob.body);
    const PageStack stack =
        has_pages(blob.body) ? stack_of(parsed->container, blob.body) : PageStack{};
    for (const auto& [container, map, chunk] : in_maps) {
      const auto is_it = [&](const PageLevel& level) {
        return level.home == container && level.pages.map == map;
      };
      if (std::ranges::none_of(stack, is_it)) continue;
      found({chunk, containers.name_of(parsed->container), shown});
    }
    for (const SegmentRef& ref : blob.body.segments) {
      const auto range = in_segments.equal_range(std::pair(space, ref.id));
      for (auto at = range.first; at != range.second; ++at) {
        found({at->second, containers.name_of(parsed->container), shown});
      }
    }
    return {};
  };
  return scan_table(check, Table::kBlob, {}, name);
}

}  // namespace lapis::blob
