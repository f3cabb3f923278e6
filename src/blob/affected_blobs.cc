#include "lapis/blob/affected_blobs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "blob/block_rows.h"
#include "blob/kept_containers.h"
#include "blob/pages/page_stack.h"
#include "blob/row_pages.h"
#include "lapis/base/crc64.h"
#include "lapis/base/log.h"

namespace lapis::blob {
namespace {

using storage::Table;

constexpr std::size_t kRowsInBatch = 4096;
constexpr std::size_t kWalkedInBatch = 64;  // bodies and uploads, each with its own rows

using Damaged = std::map<ChunkId, const storage::DamagedChunk*>;

// One container to look through.
struct Target {
  ContainerId container;
  std::string account;
  std::string name;
  std::set<std::uint64_t> tags;  // of the blobs' names; none: all blobs
};

// Where a batch begins: at a row, or within the pages of a blob.
struct Place {
  std::string row;  // empty: at the end
  std::uint64_t stripe = 0;
};

struct Batch {
  std::vector<AffectedRange> found;
  std::set<ChunkId> shared;  // of these, that blobs of other names may name too
  Place next;
};

// Looks at the rows of one snapshot. Blocks.
class BatchSearch {
 public:
  // `most`: ranges that are wanted still.
  BatchSearch(storage::MetaSnapshot& snapshot, const Target& target, const Damaged& damaged,
              std::size_t most)
      : snapshot_(snapshot), target_(target), damaged_(damaged), most_(most) {}

  Result<Batch> run(const Place& first) {
    const std::string last = prefix_end(container_prefix(Table::kBlob, target_.container));
    const auto cursor = snapshot_.scan(first.row, last);
    std::size_t walked = 0;
    for (std::size_t rows = 0; cursor->valid() && batch_.found.size() < most_;
         cursor->next(), ++rows) {
      if (rows == kRowsInBatch || walked == kWalkedInBatch || steps_ == 0) {
        batch_.next.row = cursor->key();
        return std::move(batch_);
      }
      const auto key = parse_name_key(cursor->key());
      if (!key || !is_wanted(key->name)) continue;
      ++walked;
      first_stripe_ = cursor->key() == first.row ? first.stripe : 0;
      const Result<void> looked = key->row == NameRow::kUpload
                                      ? look_at_upload(*key, cursor->value())
                                      : look_at_blob(*key, cursor->value());
      if (!looked) {
        log_warn("scrub", "a blob's rows cannot be searched for damage",
                 {{"container", target_.name}, {"error", to_string(looked.error())}});
      }
      if (batch_.next.stripe != 0) {
        batch_.next.row = cursor->key();
        return std::move(batch_);
      }
    }
    if (!cursor->valid()) LAPIS_TRY_VOID(cursor->status());
    return std::move(batch_);
  }

 private:
  bool is_wanted(std::string_view name) const {
    return target_.tags.empty() || target_.tags.contains(crc64(as_bytes(name)));
  }

  Result<void> look_at_blob(const NameKey& key, std::string_view row) {
    LAPIS_TRY(const BlobRecord blob, decode_state(key.row, row));
    BlobKey named = named_by(key);
    if (key.row == NameRow::kPast) {
      (blob.properties.snapshot ? named.snapshot : named.version) = key.time;
    }
    if (has_pages(blob.body)) return look_at_pages(named, key.container, blob);
    const std::size_t before = batch_.found.size();
    for (const Block& block : blob.body.blocks) look_at_block(named, {}, block, block.first);
    const ContainerId space = space_of(key.container, blob.body);
    for (const SegmentRef& ref : blob.body.segments) {
      LAPIS_TRY(const auto stored, snapshot_.get(segment_key(space, ref.id)));
      if (!stored) return fail(ErrorCode::kInternalError, "segment has no row");
      LAPIS_TRY(const Segment segment, decode_segment(*stored));
      for (const Block& block : segment.blocks) {
        look_at_block(named, {}, block, ref.first + block.first);
      }
    }
    if (blob.body.id != BodyId{}) note_shared(before);
    return {};
  }

  // What was found from `first` on others may hold as well.
  void note_shared(std::size_t first) {
    for (std::size_t i = first; i < batch_.found.size(); ++i) {
      batch_.shared.insert(batch_.found[i].chunk);
    }
  }

  // What the blob's generation shows of damaged chunks.
  Result<void> look_at_pages(const BlobKey& named, ContainerId container, const BlobRecord& blob) {
    const std::uint64_t pages = blob.properties.content_length / kPageBytes;
    const StripeSpan span{first_stripe_, stripes_of(0, pages).end};
    if (span.first >= span.end) return {};  // it was cut off since
    const PageStack stack = stack_of(container, blob.body);
    const PageLevel& own = stack.front();
    LAPIS_TRY(const auto counted, snapshot_.get(page_map_key(own.home, own.pages.map)));
    const std::size_t before = batch_.found.size();
    StackScan scan(snapshot_, stack, span, steps_);
    while (true) {
      LAPIS_TRY(const auto row, scan.next());
      if (!row) break;
      for (const PagePiece& piece : row->seen()) look_at_piece(named, row->stripe, piece);
    }
    if (counted || stack.size() > 1) note_shared(before);
    steps_ = scan.steps_left();
    if (scan.end() < span.end) batch_.next.stripe = scan.end();
    return {};
  }

  void look_at_piece(const BlobKey& named, std::uint64_t stripe, const PagePiece& piece) {
    if (piece.target.space != 0) return;
    const auto damage = damaged_.find(ChunkId{piece.target.id});
    if (damage == damaged_.end()) return;
    const std::uint64_t first = stripe * kStripeBytes + piece.first * kPageBytes;
    const std::uint64_t offset = piece.offset * kPageBytes;
    const std::uint64_t end = offset + piece.pages * kPageBytes;
    AffectedRange range{ChunkId{piece.target.id}, named, {}, first, 0};
    if (damage->second->bad.empty()) add(range);
    for (const storage::ChunkRange& bad : damage->second->bad) {
      const std::uint64_t from = std::max<std::uint64_t>(bad.offset, offset);
      const std::uint64_t to = std::min<std::uint64_t>(bad.offset + bad.length, end);
      if (from >= to) continue;
      range.offset = first + (from - offset);
      range.length = to - from;
      add(range);
    }
  }

  Result<void> look_at_upload(const NameKey& key, std::string_view row) {
    LAPIS_TRY(const UploadRecord upload, decode_upload(row));
    BlockIndex staged;
    LAPIS_TRY_VOID(read_staged(snapshot_, key.container, upload.id, staged));
    const BlobKey named = named_by(key);
    for (const Block& block : staged.all()) look_at_block(named, block.id.text, block, 0);
    return {};
  }

  BlobKey named_by(const NameKey& key) const {
    return {target_.account, target_.name, std::string(key.name)};
  }

  // `first`: where the block begins in what is told of it.
  void look_at_block(const BlobKey& named, const std::string& staged_as, const Block& block,
                     std::uint64_t first) {
    for (const storage::ChunkRef& chunk : block.chunks) {
      const auto damage = damaged_.find(chunk.id);
      if (damage != damaged_.end()) {
        AffectedRange range{chunk.id, named, staged_as, first, 0};
        if (damage->second->bad.empty()) add(range);
        for (const storage::ChunkRange& bad : damage->second->bad) {
          if (bad.offset >= chunk.length) continue;
          range.offset = first + bad.offset;
          range.length = std::min(bad.length, chunk.length - bad.offset);
          add(range);
        }
      }
      first += chunk.length;
    }
  }

  void add(const AffectedRange& range) {
    if (batch_.found.size() < most_) batch_.found.push_back(range);
  }

  storage::MetaSnapshot& snapshot_;
  const Target& target_;
  const Damaged& damaged_;
  const std::size_t most_;
  std::size_t steps_ = kStepsInJob;  // through pages
  std::uint64_t first_stripe_ = 0;   // of the row at hand
  Batch batch_;
};

std::optional<Target> live_container(const Row& row) {
  const auto name = parse_container_name_key(row.key);
  const auto container = decode_container(row.value);
  if (!name || !container) return std::nullopt;
  const std::string account = row.key.substr(1, row.key.size() - name->size() - 2);
  return Target{container->id, account, std::string(*name), {}};
}

std::optional<Target> kept_container(const Row& row) {
  const auto key = parse_kept_container_key(row.key);
  const auto container = decode_kept(row.value);
  if (!key || !container) return std::nullopt;
  return Target{container->id, std::string(key->account), kept_name(key->name, key->deleted), {}};
}

using TargetOf = std::optional<Target> (*)(const Row&);

io::Task<Result<void>> add_containers(Service& service, Table table, TargetOf target_of,
                                      std::vector<Target>& targets) {
  std::string first = table_prefix(table);
  const std::string last = prefix_end(first);
  while (true) {
    LAPIS_CO_TRY(const RowPage page, co_await read_page(service, first, last));
    if (page.empty()) co_return Result<void>{};
    first = after(page);
    for (const Row& row : page) {
      if (auto target = target_of(row)) targets.push_back(*std::move(target));
    }
  }
}

io::Task<Result<std::vector<Target>>> all_containers(Service& service) {
  std::vector<Target> targets;
  LAPIS_CO_TRY_VOID(
      co_await add_containers(service, Table::kContainerName, live_container, targets));
  LAPIS_CO_TRY_VOID(
      co_await add_containers(service, Table::kDeletedContainer, kept_container, targets));
  co_return targets;
}

io::Task<Result<void>> search(Service& service, const Target& target, const Damaged& damaged,
                              const std::atomic<bool>& stopping, std::vector<AffectedRange>& found,
                              std::set<ChunkId>& shared) {
  Place first{container_prefix(Table::kBlob, target.container)};
  while (!first.row.empty() && found.size() < kMostAffected) {
    if (stopping) co_return fail(ErrorCode::kServerBusy, "the search for blobs is stopped");
    const auto snapshot = service.meta.snapshot();
    const std::size_t most = kMostAffected - found.size();
    auto job = [&] { return BatchSearch(*snapshot, target, damaged, most).run(first); };
    LAPIS_CO_TRY(Batch batch, co_await service.blocking.run(std::move(job)));
    first = std::move(batch.next);
    std::ranges::move(batch.found, std::back_inserter(found));
    shared.merge(batch.shared);
  }
  co_return Result<void>{};
}

}  // namespace

io::Task<Result<std::vector<AffectedRange>>> find_affected(
    Service& service, std::vector<storage::DamagedChunk> damaged,
    const std::atomic<bool>& stopping) {
  std::vector<AffectedRange> found;
  std::set<ChunkId> shared;
  if (damaged.empty()) co_return found;
  LAPIS_CO_TRY(std::vector<Target> containers, co_await all_containers(service));
  Damaged wanted;
  for (const storage::DamagedChunk& chunk : damaged) wanted.emplace(chunk.chunk, &chunk);
  for (const Target& container : containers) {
    Target target = container;
    for (const storage::DamagedChunk& chunk : damaged) {
      const bool is_here = chunk.owner && chunk.owner->container == target.container;
      if (is_here) target.tags.insert(chunk.owner->tag);
    }
    if (target.tags.empty()) continue;
    LAPIS_CO_TRY_VOID(co_await search(service, target, wanted, stopping, found, shared));
  }
  // An owner that is not known, or not who has it now, or not the only one.
  for (const AffectedRange& range : found) {
    if (!shared.contains(range.chunk)) wanted.erase(range.chunk);
  }
  if (wanted.empty()) co_return found;
  std::erase_if(found, [&](const AffectedRange& range) { return wanted.contains(range.chunk); });
  for (const Target& container : containers) {
    LAPIS_CO_TRY_VOID(co_await search(service, container, wanted, stopping, found, shared));
  }
  co_return found;
}

}  // namespace lapis::blob
