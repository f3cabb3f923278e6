#include "blob/check/reference_walk.h"

#include <algorithm>
#include <optional>

#include "blob/blob_rows.h"
#include "blob/check/row_scan.h"
#include "blob/pending_state.h"
#include "blob/shared_body.h"
#include "lapis/base/bytes.h"
#include "lapis/base/date.h"

namespace lapis::blob {
namespace {

using storage::FindingKind;
using storage::Table;

// Visits what blocks name.
class BlockVisitor {
 public:
  BlockVisitor(const ReferenceWalk::Visit& visit, const Holder& holder, OwnerHash owner,
               bool is_pending)
      : BlockVisitor(visit, holder, holder.container, owner, is_pending) {}
  // `space`: the container of rows of bytes.
  BlockVisitor(const ReferenceWalk::Visit& visit, const Holder& holder, ContainerId space,
               OwnerHash owner, bool is_pending)
      : visit_(visit), holder_(holder), space_(space), owner_(owner), is_pending_(is_pending) {}

  // Each target once.
  void operator()(const PagePieces& pieces) const {
    std::vector<std::pair<BlockTarget, std::uint32_t>> targets;
    for (const PagePiece& piece : pieces) {
      if (!is_zeros(piece)) targets.emplace_back(piece.target, piece.length);
    }
    std::ranges::sort(targets);
    const auto repeats = std::ranges::unique(targets);
    targets.erase(repeats.begin(), repeats.end());
    for (const auto& [target, pages] : targets) visit(target, pages * kPageBytes);
  }

  void operator()(const std::vector<Block>& blocks) const {
    for (const Block& block : blocks) {
      if (block.bytes_row != BlockBytesId{}) {
        visit(targets_of(space_, block).front(), block.length);
      }
      for (const storage::ChunkRef& chunk : block.chunks) visit({0, chunk.id.value}, chunk.length);
    }
  }

 private:
  void visit(ReferenceKey target, std::uint64_t length) const {
    visit_({target, owner_, static_cast<std::uint32_t>(length), is_pending_, false}, holder_);
  }

  const ReferenceWalk::Visit& visit_;
  const Holder& holder_;
  const ContainerId space_;
  const OwnerHash owner_;
  const bool is_pending_;
};

// All rows that hold a body are one owner, of whatever containers they are.
OwnerHash owner_of(const Body& body, std::string_view key) {
  return owner_of_body(is_borrowed(body) ? body.lender.body : body.id, key);
}

// The upload that staged blocks belong to, as far as rows name it.
struct StagedGroup {
  ContainerId container;
  UploadId upload;
  std::string name;
  std::optional<UploadRecord> record;  // where it is the blob's upload

  static Result<StagedGroup> find(storage::MetaSnapshot& snapshot, const StagedKey& key) {
    StagedGroup group{key.container, key.upload, {}, {}};
    LAPIS_TRY(const auto name, snapshot.get(upload_name_key(key.container, key.upload)));
    if (!name) return group;
    group.name = *name;
    LAPIS_TRY(group.record, read_upload(snapshot, key.container, group.name));
    if (group.record && group.record->id != key.upload) group.record.reset();
    return group;
  }
  bool is_of(const StagedKey& key) const {
    return container == key.container && upload == key.upload;
  }
};

Result<StagedKey> staged_key(std::string_view key) {
  const auto parsed = parse_staged_key(key);
  if (!parsed) return fail(ErrorCode::kInternalError, "staged block key");
  return *parsed;
}

Result<ReleaseKey> entry_key(std::string_view key) {
  const auto parsed = parse_release_key(key);
  if (!parsed) return fail(ErrorCode::kInternalError, "release key");
  return *parsed;
}

Result<SharedBodyKey> shared_key(std::string_view key) {
  const auto parsed = parse_shared_body_key(key);
  if (!parsed) return fail(ErrorCode::kInternalError, "key of a shared body");
  return *parsed;
}

storage::Finding about_upload(FindingKind kind, const char* what, const ContainerIndex& containers,
                              ContainerId container, std::string_view name, UploadId upload) {
  return {kind,
          what,
          {{"container", containers.name_of(container)},
           {"blob", std::string(name)},
           {"upload", upload.value}},
          {}};
}

}  // namespace

std::string shown_name(const NameKey& key, const BlobProperties& properties) {
  std::string name(key.name);
  if (key.row != NameRow::kPast) return name;
  name += properties.snapshot ? "?snapshot=" : "?versionid=";
  return name += format_iso8601(key.time);
}

Result<ReferenceWalk> ReferenceWalk::prepare(const ReferenceCheck& check,
                                             const ContainerIndex& containers,
                                             const storage::FindingSink& found,
                                             ReferenceStats& stats) {
  ReferenceWalk walk(containers);
  const auto add_name = [&](std::string_view key, std::string_view value) {
    return walk.add_name_row(check, key, value, found, stats);
  };
  const auto add_release = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const ReleaseKey parsed, entry_key(key));
    ++stats.release_entries;
    LAPIS_TRY(const Release release, decode_release(value));
    walk.add_release(parsed.container, release, owner_of_body(release.owner, key));
    return {};
  };
  const auto add_loan = [&](std::string_view key, std::string_view value) {
    return walk.add_loan(key, value);
  };
  const auto look_at_copy = [](std::string_view key, std::string_view value) -> Result<void> {
    const auto id = parse_pending_copy_key(key);
    if (!id) return fail(ErrorCode::kInternalError, "key of a pending copy");
    LAPIS_TRY_VOID(decode_pending_copy(*id, value));
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kPendingCopy, found, look_at_copy));
  LAPIS_TRY_VOID(scan_table(check, Table::kLoan, found, add_loan));
  LAPIS_TRY_VOID(scan_table(check, Table::kBlob, found, add_name));
  const auto add_kept = [&](std::string_view key, std::string_view value) {
    return walk.add_kept(key, value);
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kSharedBody, {}, add_kept));
  LAPIS_TRY_VOID(scan_table(check, Table::kRelease, found, add_release));
  walk.segments_.sort();
  walk.page_maps_.sort();
  walk.loans_.sort();
  std::ranges::sort(walk.released_uploads_);
  std::ranges::sort(walk.shared_);
  LAPIS_TRY_VOID(walk.check_uploads(check, found, stats));
  return walk;
}

Result<void> ReferenceWalk::add_name_row(const ReferenceCheck& check, std::string_view key,
                                         std::string_view value, const storage::FindingSink& found,
                                         ReferenceStats& stats) {
  const auto name = parse_name_key(key);
  if (!name) return fail(ErrorCode::kInternalError, "blob key");
  if (!containers_->is_known(name->container)) {
    found({FindingKind::kLeaked,
           "blob_without_container",
           {{"container_id", name->container.value}, {"blob", std::string(name->name)}},
           {}});
  }
  if (name->row == NameRow::kUpload) {
    ++stats.uploads;
    LAPIS_TRY(const UploadRecord upload, decode_upload(value));
    LAPIS_TRY(const auto named, check.snapshot.get(upload_name_key(name->container, upload.id)));
    if (!named && containers_->is_live(name->container)) {
      found(about_upload(FindingKind::kLost, "upload", *containers_, name->container, name->name,
                         upload.id));
    }
    return {};
  }
  ++stats.blobs;
  LAPIS_TRY(const BlobRecord blob, decode_state(name->row, value));
  LAPIS_TRY_VOID(check_pending(check, *name, blob.properties, found));
  const UseKind kind = containers_->is_live(name->container) ? UseKind::kLive : UseKind::kPending;
  const UseKind use = is_held(name->container, blob.body.id) ? UseKind::kLive : UseKind::kPending;
  if (kind == UseKind::kLive || !is_borrowed(blob.body)) {
    const ContainerId space = space_of(name->container, blob.body);
    for (const SegmentRef& ref : blob.body.segments) {
      segments_.add({space, ref.id, use, owner_of(blob.body, key), ref.blocks});
    }
  }
  if (kind != UseKind::kLive) return {};
  add_body(name->container, blob.body);
  for (const PageLayer& layer : blob.body.layers) add_body(name->container, as_body(layer));
  return {};
}

void ReferenceWalk::add_body(ContainerId container, const Body& body) {
  if (has_pages(body) && !is_borrowed(body)) page_maps_.add_holder(container, body.pages);
  if (body.id != BodyId{}) shared_.push_back({container, body.id, named_length(body)});
}

// Tells of a blob that waits for a copy that nobody makes.
Result<void> ReferenceWalk::check_pending(const ReferenceCheck& check, const NameKey& name,
                                          const BlobProperties& properties,
                                          const storage::FindingSink& found) {
  if (!is_pending(properties) || !containers_->is_live(name.container)) return {};
  LAPIS_TRY(const auto row, check.snapshot.get(pending_copy_key(properties.copy->id)));
  if (row) return {};
  found({FindingKind::kLost,
         "pending_copy",
         {{"container", containers_->name_of(name.container)},
          {"blob", std::string(name.name)},
          {"copy", properties.copy->id.to_string()}},
         {}});
  return {};
}

Result<void> ReferenceWalk::add_loan(std::string_view key, std::string_view value) {
  LAPIS_TRY(const LentBody lent, LentBody::of_row(key, value));
  const Lender& lender = lent.loan.lender;
  loans_.add(lent.loan, has_pages(lent.body));
  if (has_pages(lent.body)) page_maps_.add_loan(lender.container, lent.body.pages);
  for (const SegmentRef& ref : lent.body.segments) {
    segments_.add(
        {lender.container, ref.id, UseKind::kLive, owner_of_body(lender.body, key), ref.blocks});
  }
  return {};
}

// Whether a body is not freed yet, though its container may be deleted: others hold it, and all
// that the longest of its rows names.
bool ReferenceWalk::is_held(ContainerId container, BodyId body) const {
  return containers_->is_live(container) || loans_.is_lent({container, body});
}

// A body that has outlived the row that held it. Its row is checked with what others hold of it.
Result<void> ReferenceWalk::add_kept(std::string_view key, std::string_view value) {
  LAPIS_TRY(const SharedBodyKey parsed, shared_key(key));
  LAPIS_TRY(const SharedBody sharing, decode_shared_body(value));
  const UseKind kind = is_held(parsed.container, parsed.body) ? UseKind::kLive : UseKind::kPending;
  for (const SegmentRef& ref : sharing.kept.segments) {
    segments_.add({parsed.container, ref.id, kind, owner_of_body(parsed.body, key), ref.blocks});
  }
  return {};
}

void ReferenceWalk::add_release(ContainerId container, const Release& release, OwnerHash owner) {
  for (const SegmentRef& ref : release.body.segments) {
    segments_.add({container, ref.id, UseKind::kPending, owner, ref.blocks});
  }
  for (const SegmentId segment : release.emptied) {
    segments_.add({container, segment, UseKind::kEmptied, owner, 0});
  }
  if (release.pages) page_maps_.add_release(container, *release.pages);
  if (release.loan) loans_.add_release(*release.loan);
  if (release.upload != UploadId{}) released_uploads_.emplace_back(container, release.upload);
}

bool ReferenceWalk::is_released(ContainerId container, UploadId upload) const {
  return std::ranges::binary_search(released_uploads_, std::pair(container, upload)) ||
         (containers_->is_known(container) && !containers_->is_live(container));
}

Result<void> ReferenceWalk::check_uploads(const ReferenceCheck& check,
                                          const storage::FindingSink& found,
                                          ReferenceStats& stats) const {
  std::optional<StagedGroup> group;
  std::uint64_t blocks = 0;
  const auto finish = [&] {
    if (!group) return;
    if (!group->record && !is_released(group->container, group->upload)) {
      found(about_upload(FindingKind::kLeaked, "upload", *containers_, group->container,
                         group->name, group->upload));
    }
    if (group->record && group->record->blocks != blocks) {
      storage::Finding finding = about_upload(FindingKind::kLost, "staged_blocks", *containers_,
                                              group->container, group->name, group->upload);
      finding.fields.push_back({"recorded", std::uint64_t{group->record->blocks}});
      finding.fields.push_back({"found", blocks});
      found(std::move(finding));
    }
  };
  const auto visit = [&](std::string_view key, std::string_view) -> Result<void> {
    LAPIS_TRY(const StagedKey parsed, staged_key(key));
    if (!group || !group->is_of(parsed)) {
      finish();
      group.reset();
      blocks = 0;
      LAPIS_TRY(group, StagedGroup::find(check.snapshot, parsed));
    }
    if (parsed.block.empty()) return {};
    ++blocks;
    ++stats.staged_blocks;
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kStagedBlock, found, visit));
  finish();
  return {};
}

Result<void> ReferenceWalk::run(const ReferenceCheck& check, const Visit& visit) const {
  const auto of_blob = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto name = parse_name_key(key);
    if (!name || name->row == NameRow::kUpload) return {};
    LAPIS_TRY(const BlobRecord blob, decode_state(name->row, value));
    const std::string shown = shown_name(*name, blob.properties);
    const Holder holder{name->container, shown, {}, {}, false};
    if (!containers_->is_live(name->container) && is_borrowed(blob.body)) return {};
    BlockVisitor(visit, holder, space_of(name->container, blob.body), owner_of(blob.body, key),
                 !is_held(name->container, blob.body.id))(blob.body.blocks);
    return {};
  };
  const auto of_segment = [&](std::string_view key, std::string_view value) -> Result<void> {
    const ContainerId container{load_be<std::uint64_t>(as_bytes(key), 1)};
    const SegmentId id{load_be<std::uint64_t>(as_bytes(key), 9)};
    const auto uses = segments_.uses_of(container, id);
    if (!uses.empty() && uses.front().kind == UseKind::kEmptied) return {};
    LAPIS_TRY(const Segment segment, decode_segment(value));
    const bool is_live = !uses.empty() && uses.front().kind == UseKind::kLive;
    const OwnerHash owner = uses.empty() ? owner_of_key(key) : uses.front().owner;
    BlockVisitor(visit, Holder{container, {}, id, {}, false}, owner, !is_live)(segment.blocks);
    return {};
  };
  const auto of_kept = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const SharedBodyKey parsed, shared_key(key));
    LAPIS_TRY(const SharedBody sharing, decode_shared_body(value));
    const Holder holder{parsed.container, {}, {}, {}, false};
    BlockVisitor(visit, holder, owner_of_body(parsed.body, key),
                 !is_held(parsed.container, parsed.body))(sharing.kept.blocks);
    return {};
  };
  std::optional<StagedGroup> group;
  const auto of_staged = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const StagedKey parsed, staged_key(key));
    if (parsed.block.empty()) return {};
    if (!group || !group->is_of(parsed)) {
      LAPIS_TRY(group, StagedGroup::find(check.snapshot, parsed));
    }
    std::vector<Block> blocks(1);
    LAPIS_TRY(blocks[0], decode_staged_block(value, parsed.block));
    const bool is_live = group->record && containers_->is_live(parsed.container);
    const Holder holder{parsed.container, group->name, {}, {}, true};
    BlockVisitor(visit, holder, owner_of_key(upload_prefix(parsed.container, parsed.upload)),
                 !is_live)(blocks);
    return {};
  };
  const auto of_release = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const ReleaseKey parsed, entry_key(key));
    LAPIS_TRY(const Release release, decode_release(value));
    const Holder holder{parsed.container, {}, {}, {}, false};
    BlockVisitor(visit, holder, owner_of_body(release.owner, key), true)(release.body.blocks);
    if (!release.pages) return {};
    for (const PageTarget& one : release.pages->targets) {
      const auto length = static_cast<std::uint32_t>(one.pages * kPageBytes);
      visit({one.target, owner_of_map(release.pages->map), length, true, true}, holder);
    }
    return {};
  };
  const auto of_stripe = [&](std::string_view key, std::string_view value) -> Result<void> {
    const auto parsed = parse_page_stripe_key(key);
    if (!parsed) return {};
    LAPIS_TRY(const PagePieces pieces, decode_pieces(value, parsed->container));
    const bool is_live = page_maps_.is_held(parsed->container, parsed->map);
    const Holder holder{parsed->container, {}, {}, parsed->map, false};
    BlockVisitor(visit, holder, owner_of_map(parsed->map), !is_live)(pieces);
    return {};
  };
  const auto of_loan = [&](std::string_view key, std::string_view value) -> Result<void> {
    LAPIS_TRY(const LentBody lent, LentBody::of_row(key, value));
    const Lender& lender = lent.loan.lender;
    const Holder holder{lender.container, {}, {}, {}, false};
    BlockVisitor(visit, holder, owner_of_body(lender.body, key), false)(lent.body.blocks);
    return {};
  };
  LAPIS_TRY_VOID(scan_table(check, Table::kLoan, {}, of_loan));
  LAPIS_TRY_VOID(scan_table(check, Table::kBlob, {}, of_blob));
  LAPIS_TRY_VOID(scan_table(check, Table::kSegment, {}, of_segment));
  LAPIS_TRY_VOID(scan_table(check, Table::kStagedBlock, {}, of_staged));
  LAPIS_TRY_VOID(scan_table(check, Table::kPageStripe, {}, of_stripe));
  LAPIS_TRY_VOID(scan_table(check, Table::kSharedBody, {}, of_kept));
  return scan_table(check, Table::kRelease, {}, of_release);
}

}  // namespace lapis::blob
