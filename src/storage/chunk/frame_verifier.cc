#include "storage/chunk/frame_verifier.h"

#include <algorithm>
#include <utility>

namespace lapis::storage {
namespace {

constexpr int kAttempts = 2;
// Where a step cannot be read it is read in these, so that damage is told apart from its
// neighbours: the units of a payload do not begin where reads can.
constexpr std::uint64_t kSmallStep = kFrameAlignment;
constexpr std::chrono::milliseconds kLongestSleep{200};

FrameVerifier::Verdict lost(const ChunkRow& row, std::string why) {
  return {FrameVerifier::Outcome::kDamaged, lost_frame(row, std::move(why)), 0};
}

FrameVerifier::Verdict busy() { return {FrameVerifier::Outcome::kBusy, {}, 0}; }

}  // namespace

io::Task<FrameVerifier::Verdict> FrameVerifier::verify(ChunkId chunk, const ChunkRow& row,
                                                       Place place) {
  Verdict verdict;
  std::uint64_t bytes = 0;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    verdict = co_await verify_once(chunk, row, place);
    bytes += verdict.bytes;
    if (verdict.outcome != Outcome::kDamaged) break;
  }
  verdict.bytes = bytes;
  co_return verdict;
}

io::Task<FrameVerifier::Verdict> FrameVerifier::verify_once(ChunkId chunk, const ChunkRow& row,
                                                            Place place) {
  FrameCheck check(row, {context_.store, chunk, place});
  while (check.taken() < check.bytes()) {
    std::uint64_t step = 0;
    {
      ExtentPin pin;
      if (auto ended = hold(row, place, pin)) co_return std::move(*ended);
      const auto file = co_await files_.file(place);
      if (!file) {
        if (file.error().code == ErrorCode::kServerBusy) co_return busy();
        co_return lost(row, "not readable: " + to_string(file.error()));
      }
      step = std::min<std::uint64_t>(check.bytes() - check.taken(), io::BufferPool::kLarge);
      const auto buffer = co_await context_.background.buffers().acquire(step);
      if (!buffer) co_return busy();
      co_await read_step(**file, check, place, buffer->bytes().first(step));
    }
    if (!co_await rest(step)) co_return Verdict{};
  }
  Verdict verdict{Outcome::kWhole, check.finish(), check.bytes()};
  if (!verdict.findings.is_whole()) verdict.outcome = Outcome::kDamaged;
  co_return verdict;
}

// Pins first and compares the generation then (see ExtentPin).
std::optional<FrameVerifier::Verdict> FrameVerifier::hold(const ChunkRow& row, Place place,
                                                          ExtentPin& pin) const {
  const PoolPath* path = paths_.by_id(place.path);
  if (path == nullptr) return lost(row, "the path does not exist");
  if (path->state.status() == PathStatus::kMissing) return Verdict{Outcome::kNoPath, {}, 0};
  Extent* extent = path->state.extents().find(place.extent);
  if (extent == nullptr) return lost(row, "the extent does not exist");
  pin = ExtentPin(*extent, context_.slots - 1);
  if (extent->generation() != place.generation) return Verdict{Outcome::kMoved, {}, 0};
  if (place.offset % kFrameAlignment != 0 || place.offset + row.bytes_on_disk() > extent->bytes()) {
    return lost(row, "the place is not inside the extent");
  }
  return std::nullopt;
}

io::Task<void> FrameVerifier::read_step(io::File& file, FrameCheck& check, Place place,
                                        MutableBytes into) {
  const std::uint64_t at = place.offset + check.taken();
  const auto whole = co_await file.read_at(at, into);
  if (whole && *whole == into.size()) {
    check.add(into);
    co_return;
  }
  for (std::uint64_t from = 0; from < into.size(); from += kSmallStep) {
    const MutableBytes part =
        into.subspan(from, std::min<std::uint64_t>(kSmallStep, into.size() - from));
    const auto count = co_await file.read_at(at + from, part);
    if (count && *count == part.size()) {
      check.add(part);
    } else {
      const Error error =
          count ? Error{ErrorCode::kInternalError, "extent file is short"} : count.error();
      check.add_unreadable(part.size(), error);
    }
  }
}

// False once it is to stop.
io::Task<bool> FrameVerifier::rest(std::uint64_t bytes) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      pace_.rest_after(bytes, rate_, context_.clock.instant()));
  while (left.count() > 0 && !stopping_) {
    const auto part = std::min(left, kLongestSleep);
    co_await context_.background.sleep(part);
    left -= part;
  }
  co_return !stopping_;
}

}  // namespace lapis::storage
