#include "storage/chunk/cold_writer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lapis/base/crash_point.h"
#include "lapis/base/crc64.h"
#include "storage/chunk/frame_fill.h"
#include "storage/chunk/heat_rows.h"
#include "storage/chunk/local_stored_body.h"
#include "storage/chunk/unit_sums.h"

namespace lapis::storage {
namespace {

constexpr int kMaxAttempts = 8;
constexpr std::size_t kMostFrames = 512;  // of one write

Place shifted(Place place, std::uint64_t by) {
  place.offset += by;
  return place;
}

}  // namespace

io::Task<Result<std::vector<std::unique_ptr<StoredBody>>>> ColdWriter::run(
    std::span<const ShortBody> bodies) {
  LAPIS_CO_TRY(buffer_, co_await slot_.shard.buffers().acquire(io::BufferPool::kLarge));
  while (!bodies.empty()) {
    LAPIS_CO_TRY(const std::size_t written, co_await write_group(bodies));
    bodies = bodies.subspan(written);
  }
  co_return std::move(stored_);
}

// Where a disk fails under it, it goes to another extent from memory.
io::Task<Result<std::size_t>> ColdWriter::write_group(std::span<const ShortBody> bodies) {
  LAPIS_CO_TRY(std::vector<Member> group, co_await gather(bodies));
  const std::uint64_t bytes = group.back().at + group.back().bytes;
  PathFilter slowest;
  slowest.slowest_first = true;
  for (int attempt = 1;; ++attempt) {
    LAPIS_CO_TRY(Reservation place, co_await slot_.open.reserve(bytes, slowest));
    const Place begin = place.place();
    for (Member& member : group) fill(member, shifted(begin, member.at));
    Result<void> stored = co_await place.write(0, buffer_.bytes().first(bytes));
    crash_point(CrashPoint::kOutWritten);
    if (stored) stored = co_await place.open()->syncs().sync();
    crash_point(CrashPoint::kOutSynced);
    if (stored) {
      for (const Member& member : group) {
        keep(member, shifted(begin, member.at), place.open()->extent());
      }
      co_return group.size();
    }
    slot_.open.failed(place.open(), stored.error());
    if (attempt == kMaxAttempts) co_return fail(std::move(stored).error());
  }
}

// No more than an extent of any path takes: which one it will be is not known yet.
io::Task<Result<std::vector<ColdWriter::Member>>> ColdWriter::gather(
    std::span<const ShortBody> bodies) {
  const std::uint64_t most = slot_.open.max_chunk_length(buffer_.size());
  std::vector<Member> group;
  std::uint64_t bytes = 0;
  for (const ShortBody& body : bodies) {
    LAPIS_CHECK(!body.bytes.empty() && body.bytes.size() <= kMaxShortBody);
    const std::uint64_t frame = frame_bytes(body.bytes.size(), kUnitBytes);
    if (!group.empty() && (bytes + frame > most || group.size() == kMostFrames)) break;
    LAPIS_CO_TRY(const ChunkId id, co_await slot_.ids.next());
    group.push_back({body, id, bytes, frame, {}});
    bytes += frame;
  }
  co_return group;
}

void ColdWriter::fill(Member& member, const Place& place) {
  const MutableBytes frame = buffer_.bytes().subspan(member.at, member.bytes);
  const Bytes payload = member.body.bytes;
  FrameHeader header;
  header.chunk = member.id;
  header.owner = member.body.owner;
  header.payload_length = payload.size();
  header.place = place;
  header.sequence = context_.meta.durable_sequence();
  header.epoch = context_.epoch;
  header.store = context_.store;
  encode_frame_header(header, frame);
  std::ranges::copy(payload, frame.subspan(kFrameHeaderBytes).begin());
  UnitSums sums(kUnitBytes);
  sums.add(payload);
  member.sums = sums.finish();
  std::vector<std::byte> tail(frame_tail_bytes(payload.size(), kUnitBytes));
  encode_frame_tail(frame.first(kFrameHeaderBytes), member.sums, tail);
  fill_frame_tail(tail, kFrameHeaderBytes + payload.size(), 0, frame);
}

void ColdWriter::keep(const Member& member, const Place& place, Extent& extent) {
  ChunkRow row;
  row.length = member.body.bytes.size();
  row.places = {place};
  row.unit_crcs = member.sums;
  auto body = std::make_unique<LocalStoredBody>(hour_of(member.body.last_used));
  body->add(member.id, row, crc64(member.body.bytes), ExtentPin(extent, slot_.index));
  stored_.push_back(std::move(body));
}

}  // namespace lapis::storage
