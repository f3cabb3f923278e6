#include "blob/body_source.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lapis::blob {
namespace {

// Short blocks are lent together, about this much at a time.
constexpr std::size_t kLentAtOnce = 64 * 1024;

class InlineBody final : public io::BufferSource {
 public:
  InlineBody(Shared<BlobRecord> blob, ByteRange range)
      : blob_(std::move(blob)),
        rest_(as_bytes(blob_->body.inline_bytes).subspan(range.first, range.length)) {}

  std::uint64_t remaining() const override { return rest_.size(); }
  io::Task<Result<Bytes>> next() override { co_return std::exchange(rest_, {}); }

 private:
  Shared<BlobRecord> blob_;
  Bytes rest_;
};

// Consecutive parts of chunks, all known.
class ListedSlices final : public storage::SliceSource {
 public:
  explicit ListedSlices(std::vector<storage::ChunkSlice> slices, std::uint64_t length)
      : slices_(std::move(slices)), remaining_(length) {}

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

// Walks the blocks of a range. A run of neighbouring chunks is one read of the chunk store; it ends
// at a short block and where a segment ends.
class StoredBody final : public io::BufferSource {
 public:
  StoredBody(Service& service, ContainerId container, Shared<BlobRecord> blob, ByteRange range,
             ReadSlot::Pin pin)
      : service_(service),
        container_(container),
        blob_(std::move(blob)),
        at_(range.first),
        end_(range.first + range.length),
        pin_(std::move(pin)) {}

  std::uint64_t remaining() const override { return end_ - at_; }

  io::Task<Result<Bytes>> next() override {
    if (run_) {
      LAPIS_CO_TRY(const Bytes lent, co_await next_of_run());
      if (!lent.empty()) co_return lent;
    }
    if (at_ == end_) co_return Bytes{};
    LAPIS_CO_TRY_VOID(co_await find_blocks());
    if (block_at(at_).bytes_row == BlockBytesId{}) {
      LAPIS_CO_TRY_VOID(co_await open_run());
      co_return co_await next_of_run();
    }
    co_return co_await lend_short_blocks();
  }

 private:
  // Empty, and the run is closed, at its end.
  io::Task<Result<Bytes>> next_of_run() {
    LAPIS_CO_TRY(const Bytes lent, co_await run_->next());
    if (lent.size() > run_end_ - at_) co_return wrong("more bytes than its blocks");
    at_ += lent.size();
    if (lent.empty()) {
      run_.reset();
      if (at_ != run_end_) co_return wrong("fewer bytes than its blocks");
    }
    co_return lent;
  }

  // Makes `blocks_` the list that holds the byte at `at_`.
  io::Task<Result<void>> find_blocks() {
    const Body& body = blob_->body;
    if (body.segments.empty()) {
      blocks_ = &body.blocks;
      co_return Result<void>{};
    }
    const SegmentRef& ref = covering(body.segments, at_);
    if (segment_ && base_ == ref.first) co_return Result<void>{};
    LAPIS_CO_TRY(segment_, co_await find_segment(service_, container_, ref.id));
    blocks_ = &segment_->blocks;
    base_ = ref.first;
    const bool whole = !blocks_->empty() && blocks_->size() == ref.blocks &&
                       blocks_->back().first + blocks_->back().length == ref.length;
    if (!whole) co_return fail(ErrorCode::kInternalError, "segment is not as its blob says");
    co_return Result<void>{};
  }

  const Block& block_at(std::uint64_t offset) const { return covering(*blocks_, offset - base_); }
  // Where the list in `blocks_` ends, or the range does.
  std::uint64_t list_end() const {
    return std::min(end_, base_ + blocks_->back().first + blocks_->back().length);
  }

  io::Task<Result<void>> open_run() {
    std::vector<storage::ChunkSlice> slices;
    const std::uint64_t limit = list_end();
    std::uint64_t to = at_;
    for (const Block* block = &block_at(at_); to < limit && block->bytes_row == BlockBytesId{};
         ++block) {
      std::uint64_t skip = to - base_ - block->first;
      for (const storage::ChunkRef& chunk : block->chunks) {
        if (to == limit) break;
        if (skip >= chunk.length) {
          skip -= chunk.length;
          continue;
        }
        const std::uint64_t length = std::min(chunk.length - skip, limit - to);
        slices.push_back({chunk.id, skip, length});
        to += length;
        skip = 0;
      }
    }
    run_end_ = to;
    auto source = std::make_unique<ListedSlices>(std::move(slices), to - at_);
    LAPIS_CO_TRY(run_, co_await service_.chunks.read(std::move(source)));
    co_return Result<void>{};
  }

  io::Task<Result<Bytes>> lend_short_blocks() {
    lent_.clear();
    const std::uint64_t limit = list_end();
    std::uint64_t to = at_;
    for (const Block* block = &block_at(at_);
         to < limit && block->bytes_row != BlockBytesId{} && lent_.size() < kLentAtOnce; ++block) {
      const std::uint64_t skip = to - base_ - block->first;
      const std::uint64_t length = std::min(block->length - skip, limit - to);
      std::string key = block_bytes_key(container_, block->bytes_row);
      LAPIS_CO_TRY(const auto row, co_await service_.meta.get(std::move(key)));
      if (!row || row->size() != block->length) co_return wrong("a short block without its bytes");
      lent_.append(*row, skip, length);
      to += length;
    }
    at_ = to;
    co_return as_bytes(lent_);
  }

  static std::unexpected<Error> wrong(const char* what) {
    return fail(ErrorCode::kInternalError, std::string("a blob has ") + what);
  }

  Service& service_;
  const ContainerId container_;
  const Shared<BlobRecord> blob_;
  std::uint64_t at_;  // the next byte to lend
  const std::uint64_t end_;
  const ReadSlot::Pin pin_;

  Shared<Segment> segment_;  // holds `blocks_` where the blob has segments
  const std::vector<Block>* blocks_ = nullptr;
  std::uint64_t base_ = 0;  // where `blocks_` begins in the blob
  std::unique_ptr<io::BufferSource> run_;
  std::uint64_t run_end_ = 0;
  std::string lent_;
};

}  // namespace

std::unique_ptr<io::BufferSource> open_body(Service& service, ContainerId container,
                                            Shared<BlobRecord> blob, ByteRange range,
                                            ReadSlot::Pin pin) {
  const Body& body = blob->body;
  if (body.blocks.empty() && body.segments.empty()) {
    return std::make_unique<InlineBody>(std::move(blob), range);
  }
  return std::make_unique<StoredBody>(service, container, std::move(blob), range, std::move(pin));
}

}  // namespace lapis::blob
