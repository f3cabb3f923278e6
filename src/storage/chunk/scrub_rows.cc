#include "storage/chunk/scrub_rows.h"

#include <utility>

#include "storage/chunk/scrub_row.pb.h"

namespace lapis::storage {
namespace {

std::unexpected<Error> refuse(const char* why) { return fail(ErrorCode::kInternalError, why); }

std::int64_t ticks_of(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp time_of(std::int64_t ticks) { return Timestamp(Ticks(ticks)); }

void set_pass(records::ScrubPass& out, const ScrubPass& pass) {
  out.set_started(ticks_of(pass.started));
  if (pass.completed) out.set_completed(ticks_of(*pass.completed));
  out.set_chunks(pass.chunks);
  out.set_bytes(pass.bytes);
  out.set_damaged(pass.damaged);
  out.set_skipped(pass.skipped);
}

ScrubPass pass_of(const records::ScrubPass& record) {
  ScrubPass pass{time_of(record.started()), std::nullopt,    record.chunks(), record.bytes(),
                 record.damaged(),          record.skipped()};
  if (record.has_completed()) pass.completed = time_of(record.completed());
  return pass;
}

// Ascending, none empty, all inside a chunk.
bool are_sound(const std::vector<ChunkRange>& ranges) {
  std::uint64_t end = 0;
  for (const ChunkRange& range : ranges) {
    const bool fits = range.offset >= end && range.offset < kMaxChunkLength && range.length != 0 &&
                      range.length <= kMaxChunkLength - range.offset;
    if (!fits) return false;
    end = range.offset + range.length;
  }
  return true;
}

}  // namespace

std::string encode(const DamageRow& row) {
  records::DamageRow record;
  record.set_found(ticks_of(row.found));
  record.set_finder(row.finder == DamageFinder::kRead ? records::DamageRow::READ
                                                      : records::DamageRow::SCRUB);
  record.mutable_place()->set_path_id(row.place.path.value);
  record.mutable_place()->set_extent_id(row.place.extent.value);
  record.mutable_place()->set_generation(row.place.generation);
  record.mutable_place()->set_offset(row.place.offset);
  for (const ChunkRange& range : row.bad) {
    records::ChunkRange* out = record.add_bad();
    out->set_offset(range.offset);
    out->set_length(range.length);
  }
  if (row.owner) {
    record.set_owner_known(true);
    record.set_owner_container(row.owner->container.value);
    record.set_owner_tag(row.owner->tag);
  }
  record.set_seen(row.seen);
  return record.SerializeAsString();
}

Result<DamageRow> decode_damage_row(std::string_view value) {
  records::DamageRow record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return refuse("damage row does not parse");
  }
  DamageRow row;
  row.found = time_of(record.found());
  switch (record.finder()) {
    case records::DamageRow::SCRUB:
      row.finder = DamageFinder::kScrub;
      break;
    case records::DamageRow::READ:
      row.finder = DamageFinder::kRead;
      break;
    default:
      return refuse("damage row: unknown finder");
  }
  const records::Place& place = record.place();
  row.place = {PathId{place.path_id()}, ExtentId{place.extent_id()}, place.generation(),
               place.offset()};
  for (const records::ChunkRange& range : record.bad()) {
    row.bad.push_back({range.offset(), range.length()});
  }
  if (!are_sound(row.bad)) return refuse("damage row: ranges");
  if (record.owner_known()) {
    row.owner = ChunkOwner{ContainerId{record.owner_container()}, record.owner_tag()};
  }
  row.seen = std::move(*record.mutable_seen());
  return row;
}

std::string encode(const ScrubRow& row) {
  records::ScrubRow record;
  if (row.running) set_pass(*record.mutable_running(), *row.running);
  if (row.last) set_pass(*record.mutable_last(), *row.last);
  record.set_next_chunk(row.next_chunk.value);
  record.set_at_full_rate(row.at_full_rate);
  return record.SerializeAsString();
}

Result<ScrubRow> decode_scrub_row(std::string_view value) {
  records::ScrubRow record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return refuse("scrub row does not parse");
  }
  ScrubRow row;
  if (record.has_running()) row.running = pass_of(record.running());
  if (record.has_last()) row.last = pass_of(record.last());
  row.next_chunk = ChunkId{record.next_chunk()};
  row.at_full_rate = record.at_full_rate();
  return row;
}

}  // namespace lapis::storage
