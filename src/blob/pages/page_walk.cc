#include "blob/pages/page_walk.h"

#include <algorithm>
#include <utility>

namespace lapis::blob {
namespace {

// What is loaded at once, until the last stripe is through.
constexpr std::size_t kStripesAtOnce = 64;
constexpr std::size_t kBytesAtOnce = 128 * 1024;

// Puts parts together, those of one kind that are neighbours in one.
class Parts {
 public:
  Parts(storage::MetaSnapshot& snapshot, std::uint64_t at, std::uint64_t end)
      : snapshot_(snapshot), at_(at), end_(end) {}

  std::uint64_t at() const { return at_; }
  std::size_t bytes() const { return bytes_; }
  std::deque<BodyPart> take() { return std::move(parts_); }

  // The bytes before `to` that no piece holds.
  void add_zeros(std::uint64_t to) {
    to = std::min(to, end_);
    if (to <= at_) return;
    if (parts_.empty() || !parts_.back().is_zeros()) parts_.emplace_back();
    parts_.back().length += to - at_;
    at_ = to;
  }

  Result<void> add(std::uint64_t stripe, const PagePiece& piece) {
    const std::uint64_t first = stripe * kStripeBytes + piece.first * kPageBytes;
    add_zeros(first);
    const std::uint64_t to = std::min(first + piece.pages * kPageBytes, end_);
    if (to <= at_) return {};
    const std::uint64_t offset = piece.offset * kPageBytes + (at_ - first);
    const std::uint64_t length = to - std::exchange(at_, to);
    if (piece.target.space == 0) {
      add_slice({ChunkId{piece.target.id}, offset, length});
      return {};
    }
    return add_bytes(piece, offset, length);
  }

 private:
  void add_slice(storage::ChunkSlice slice) {
    if (parts_.empty() || parts_.back().slices.empty()) parts_.emplace_back();
    parts_.back().length += slice.length;
    parts_.back().slices.push_back(slice);
  }

  Result<void> add_bytes(const PagePiece& piece, std::uint64_t offset, std::uint64_t length) {
    const ContainerId home{piece.target.space};
    LAPIS_TRY(const auto row, snapshot_.get(block_bytes_key(home, BlockBytesId{piece.target.id})));
    if (!row || row->size() != piece.length * kPageBytes) {
      return fail(ErrorCode::kInternalError, "pages without their bytes");
    }
    if (parts_.empty() || parts_.back().bytes.empty()) parts_.emplace_back();
    parts_.back().length += length;
    parts_.back().bytes.append(*row, offset, length);
    bytes_ += length;
    return {};
  }

  storage::MetaSnapshot& snapshot_;
  std::uint64_t at_;
  const std::uint64_t end_;
  std::size_t bytes_ = 0;
  std::deque<BodyPart> parts_;
};

}  // namespace

io::Task<Result<BodyPart>> PageWalk::next() {
  BodyPart part;
  if (at_ == end_) co_return part;
  if (parts_.empty()) {
    auto job = [this] { return load(); };
    LAPIS_CO_TRY(parts_, co_await service_.blocking.run(std::move(job)));
  }
  part = std::move(parts_.front());
  parts_.pop_front();
  at_ += part.length;
  co_return part;
}

Result<std::deque<BodyPart>> PageWalk::load() {
  Parts parts(*snapshot_, loaded_, end_);
  const std::uint64_t end_stripe = (end_ + kStripeBytes - 1) / kStripeBytes;
  StackScan scan(*snapshot_, stack_, {loaded_ / kStripeBytes, end_stripe});
  for (std::size_t stripes = 0; stripes < kStripesAtOnce && parts.bytes() < kBytesAtOnce;
       ++stripes) {
    LAPIS_TRY(const auto found, scan.next());
    if (!found) {
      parts.add_zeros(scan.end() * kStripeBytes);
      break;
    }
    for (const PagePiece& piece : found->seen()) LAPIS_TRY_VOID(parts.add(found->stripe, piece));
    parts.add_zeros((found->stripe + 1) * kStripeBytes);
  }
  loaded_ = parts.at();
  return parts.take();
}

}  // namespace lapis::blob
