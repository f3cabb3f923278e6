#include "storage/chunk/check/extent_check.h"

#include <algorithm>
#include <set>

#include "storage/chunk/check/payload_check.h"
#include "storage/chunk/extent_header.h"
#include "storage/chunk/frame_walk.h"
#include "storage/chunk/keys.h"
#include "storage/chunk/path_state.h"

namespace lapis::storage {
namespace {

struct HeaderRead {
  bool is_read = false;
  bool is_damaged = false;
  std::optional<ExtentHeader> header;  // nothing: blank
};

io::Task<HeaderRead> read_header(io::File& file, io::Buffer& buffer) {
  const MutableBytes block = buffer.bytes().first(kExtentHeaderBytes);
  const auto count = co_await file.read_at(0, block);
  if (!count) co_return HeaderRead{};
  if (*count == 0) co_return HeaderRead{true, false, std::nullopt};
  auto header = decode_extent_header(block.first(*count));
  if (!header) co_return HeaderRead{true, true, std::nullopt};
  co_return HeaderRead{true, false, *header};
}

Result<std::optional<ChunkRow>> row_of(const ChunkCheck& check, ChunkId chunk) {
  LAPIS_TRY(const auto stored, check.snapshot.get(chunk_key(chunk)));
  if (!stored) return std::nullopt;
  return decode_chunk_row(*stored);
}

}  // namespace

io::Task<void> ExtentCheck::run() {
  find_overlaps();
  auto file = check_.files.open(extent_file(path_.directory, extent_.id), {});
  if (!file) {
    outcome_.extent.push_back({FindingKind::kLost, "extent_file", to_string(file.error())});
    suspect_all("extent_file");
    co_return;
  }
  file_ = std::move(*file);
  if (extent_.row.state == ExtentState::kFree) co_return;
  const auto size = file_->size();
  if (size && *size < extent_.row.bytes) {
    outcome_.extent.push_back(
        {FindingKind::kWrong, "extent_short",
         std::to_string(*size) + " of " + std::to_string(extent_.row.bytes) + " bytes"});
  }
  const bool is_whole = co_await is_header_whole();
  if (!is_whole) outcome_.extent.push_back({FindingKind::kWrong, "extent_header", {}});
  co_await walk_frames();
  co_await read_payloads();
}

// Whether two rows name the same bytes is seen by the rows alone.
void ExtentCheck::find_overlaps() {
  for (std::size_t i = 1; i < places_.size(); ++i) {
    const NamedPlace& before = places_[i - 1];
    if (before.end() <= places_[i].offset) continue;
    outcome_.places.push_back(
        {places_[i], FindingKind::kDoubled, "place", {{"other_chunk", before.chunk.value}}});
  }
}

io::Task<bool> ExtentCheck::is_header_whole() {
  auto buffer = co_await check_.shard.buffers().acquire(kExtentHeaderBytes);
  if (!buffer) co_return false;
  const HeaderRead read = co_await read_header(*file_, *buffer);
  if (!read.header) co_return false;
  co_return read.header->store == check_.store&& read.header->path ==
      extent_.path&& read.header->extent == extent_.id&& read.header->generation ==
      extent_.row.generation;
}

void ExtentCheck::suspect_all(std::string_view what) {
  for (const NamedPlace& place : places_) {
    outcome_.places.push_back({place, FindingKind::kLost, what, {}});
  }
}

io::Task<void> ExtentCheck::walk_frames() {
  auto buffer = co_await check_.shard.buffers().acquire(io::BufferPool::kLarge);
  if (!buffer) co_return suspect_all("not_checked");
  const FrameWalk::Expected expected{check_.store, extent_.path, extent_.id, extent_.row.generation,
                                     extent_.row.bytes};
  FrameWalk walk(*file_, expected, std::move(*buffer));
  // What is broken off is told nobody.
  while (!check_.is_cancelled || !check_.is_cancelled()) {
    const auto frame = co_await walk.next();
    if (!frame) {
      outcome_.extent.push_back(
          {FindingKind::kWrong, "extent_unreadable", to_string(frame.error())});
      break;
    }
    if (!*frame) break;
    meet(**frame);
  }
  pass_until(~0ull);
}

// Places before `offset` that no frame was met at.
void ExtentCheck::pass_until(std::uint64_t offset) {
  for (; next_ < places_.size() && places_[next_].offset < offset; ++next_) {
    met_.push_back({&places_[next_], "no_frame"});
  }
}

void ExtentCheck::meet(const FrameHeader& frame) {
  const std::uint64_t bytes = frame_bytes(frame.payload_length, frame.unit_bytes);
  if (check_.last_commit && frame.epoch == check_.epoch && frame.sequence > *check_.last_commit &&
      !std::exchange(knows_later_, true)) {
    outcome_.extent.push_back(
        {FindingKind::kLost, "commits",
         "a frame was written after commit " + std::to_string(frame.sequence.value) +
             ", the metadata ends with " + std::to_string(check_.last_commit->value)});
  }
  pass_until(frame.place.offset);
  bool is_named = false;
  for (; next_ < places_.size() && places_[next_].offset == frame.place.offset; ++next_) {
    const NamedPlace& place = places_[next_];
    const bool is_same = place.chunk == frame.chunk && place.length == frame.payload_length &&
                         place.unit_bytes == frame.unit_bytes;
    met_.push_back({&place, is_same ? "" : "other_frame"});
    is_named = is_named || is_same;
  }
  (is_named ? stats_.live_frames : stats_.dead_frames) += 1;
  (is_named ? stats_.live_bytes : stats_.dead_bytes) += bytes;
}

io::Task<void> ExtentCheck::read_payloads() {
  const bool needed = check_.deep || std::ranges::any_of(met_, [](const Met& met) {
                        return !met.frame_is.empty();
                      });
  if (!needed) co_return;
  auto buffer = co_await check_.shard.buffers().acquire(io::BufferPool::kLarge);
  // What the disk holds, not what the page cache remembers.
  const auto file =
      check_.files.open(extent_file(path_.directory, extent_.id), {.uncached_reads = true});
  for (const Met& met : met_) {
    if (check_.is_cancelled && check_.is_cancelled()) co_return;
    if (met.frame_is.empty() && !check_.deep) continue;
    if (buffer && file) {
      co_await judge(**file, *met.place, met.frame_is, *buffer);
    } else {
      outcome_.places.push_back({*met.place, FindingKind::kLost, "not_checked", {}});
    }
  }
}

// Reads go by the row, so a chunk is lost where its payload is, whatever its frame says.
io::Task<void> ExtentCheck::judge(io::File& file, const NamedPlace& place,
                                  std::string_view frame_is, io::Buffer& buffer) {
  const auto row = row_of(check_, place.chunk);
  if (!row || !*row) co_return;  // told where the rows were checked
  const Place at{extent_.path, extent_.id, extent_.row.generation, place.offset};
  const FrameCheck::Expected expected{check_.store, place.chunk, at};
  const FrameFindings frame = co_await read_and_check(file, **row, expected, buffer);
  stats_.verified_bytes += place.length;
  std::uint64_t bad_bytes = 0;
  for (const ChunkRange& range : frame.bad) bad_bytes += range.length;
  if (bad_bytes != 0) {
    outcome_.places.push_back({place,
                               FindingKind::kLost,
                               frame_is.empty() ? "payload" : frame_is,
                               {{"damaged_at", frame.bad.front().offset},
                                {"damaged_bytes", bad_bytes},
                                {"detail", frame.seen}}});
  } else if (!frame.is_whole()) {
    outcome_.places.push_back({place,
                               FindingKind::kWrong,
                               frame.owner ? "frame_tail" : "frame_header",
                               {{"detail", frame.seen}}});
  }
}

io::Task<void> examine_unknown_file(const ChunkCheck& check, const CheckedPath& path, ExtentId id,
                                    UnknownFile& answer) {
  answer = UnknownFile::kForeign;
  const auto file = check.files.open(extent_file(path.directory, id), {});
  if (!file) co_return;
  auto buffer = co_await check.shard.buffers().acquire(io::BufferPool::kLarge);
  if (!buffer) co_return;
  const HeaderRead read = co_await read_header(**file, *buffer);
  if (!read.is_read || read.is_damaged) co_return;
  answer = UnknownFile::kUnfinished;
  if (!read.header) co_return;
  if (read.header->store != check.store || read.header->path != path.id ||
      read.header->extent != id) {
    answer = UnknownFile::kForeign;
    co_return;
  }
  const ExtentHeader& header = *read.header;
  FrameWalk walk(**file,
                 {header.store, header.path, header.extent, header.generation, header.bytes},
                 std::move(*buffer));
  const auto frame = co_await walk.next();
  if (!frame || *frame) answer = UnknownFile::kHoldsFrames;
}

}  // namespace lapis::storage
