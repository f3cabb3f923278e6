#include "blob/body_walk.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lapis::blob {
namespace {

// Short blocks are taken together, about this much at a time.
constexpr std::size_t kTakenAtOnce = 64 * 1024;

// Consecutive parts of chunks, all known.
class ListedSlices final : public storage::SliceSource {
 public:
  explicit ListedSlices(BodyPart part) : slices_(std::move(part.slices)), remaining_(part.length) {}

  std::uint64_t remaining() const override { return remaining_; }
  io::Task<Result<std::optional<storage::ChunkSlice>>> next() override {
    if (at_ == slices_.size()) co_return std::nullopt;
    remaining_ -= slices_[at_].length;
    co_return slices_[at_++];
  }

 private:
  std::vector<storage::ChunkSlice> slices_;
  std::size_t at_ = 0;
  std::uint64_t remaining_;
};

// The last element that begins at or before `offset`.
template <class T>
const T& covering(const std::vector<T>& parts, std::uint64_t offset) {
  const auto after = std::ranges::upper_bound(parts, offset, {}, &T::first);
  return *std::prev(after);
}

bool is_short(const Block& block) { return block.bytes_row != BlockBytesId{}; }

}  // namespace

io::Task<Result<BodyPart>> BodyWalk::next() {
  BodyPart part;
  if (at_ == end_) co_return part;
  if (at_ >= named_) {
    part.length = end_ - at_;
    part.bytes = blob_->body.inline_bytes.substr(at_ - named_, part.length);
    at_ = end_;
    co_return part;
  }
  LAPIS_CO_TRY_VOID(co_await find_blocks());
  if (is_short(block_at(at_))) {
    LAPIS_CO_TRY_VOID(co_await take_short_blocks(part));
  } else {
    take_chunks(part);
  }
  at_ += part.length;
  co_return part;
}

// Makes `blocks_` the list that holds the byte at `at_`.
io::Task<Result<void>> BodyWalk::find_blocks() {
  const Body& body = blob_->body;
  const bool is_in_record = !body.blocks.empty() && at_ >= body.blocks.front().first;
  if (is_in_record || body.segments.empty()) {
    blocks_ = &body.blocks;
    base_ = 0;
    co_return Result<void>{};
  }
  const SegmentRef& ref = covering(body.segments, at_);
  if (segment_ && base_ == ref.first) co_return Result<void>{};
  LAPIS_CO_TRY(segment_, co_await find_segment(service_, space_, ref.id));
  blocks_ = &segment_->blocks;
  base_ = ref.first;
  const bool whole = !blocks_->empty() && blocks_->size() == ref.blocks &&
                     blocks_->back().first + blocks_->back().length == ref.length;
  if (!whole) co_return fail(ErrorCode::kInternalError, "segment is not as its blob says");
  co_return Result<void>{};
}

const Block& BodyWalk::block_at(std::uint64_t offset) const {
  return covering(*blocks_, offset - base_);
}

// Where the list in `blocks_` ends, or the range does.
std::uint64_t BodyWalk::list_end() const {
  return std::min(end_, base_ + blocks_->back().first + blocks_->back().length);
}

void BodyWalk::take_chunks(BodyPart& part) {
  const std::uint64_t limit = list_end();
  std::uint64_t to = at_;
  for (const Block* block = &block_at(at_); to < limit && !is_short(*block); ++block) {
    std::uint64_t skip = to - base_ - block->first;
    for (const storage::ChunkRef& chunk : block->chunks) {
      if (to == limit) break;
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      const std::uint64_t length = std::min(chunk.length - skip, limit - to);
      part.slices.push_back({chunk.id, skip, length});
      to += length;
      skip = 0;
    }
  }
  part.length = to - at_;
}

io::Task<Result<void>> BodyWalk::take_short_blocks(BodyPart& part) {
  const std::uint64_t limit = list_end();
  std::uint64_t to = at_;
  for (const Block* block = &block_at(at_);
       to < limit && is_short(*block) && part.bytes.size() < kTakenAtOnce; ++block) {
    const std::uint64_t skip = to - base_ - block->first;
    const std::uint64_t length = std::min(block->length - skip, limit - to);
    const ContainerId home = block->bytes_home == ContainerId{} ? space_ : block->bytes_home;
    std::string key = block_bytes_key(home, block->bytes_row);
    LAPIS_CO_TRY(const auto row, co_await service_.meta.get(std::move(key)));
    if (!row || row->size() != block->length) {
      co_return fail(ErrorCode::kInternalError, "a blob has a short block without its bytes");
    }
    part.bytes.append(*row, skip, length);
    to += length;
  }
  part.length = to - at_;
  co_return Result<void>{};
}

Bytes some_zeros(std::uint64_t length) {
  // Never written; not const, so that it takes no room in the program's file.
  static constinit std::array<std::byte, 1 << 20> zeros{};
  return Bytes(zeros).first(std::min<std::uint64_t>(length, zeros.size()));
}

std::unique_ptr<storage::SliceSource> slices_of(BodyPart part) {
  return std::make_unique<ListedSlices>(std::move(part));
}

}  // namespace lapis::blob
