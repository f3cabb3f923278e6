#include "storage/chunk/rows.h"

#include <bit>

#include "lapis/base/check.h"
#include "storage/chunk/chunk_row.pb.h"

namespace lapis::storage {
namespace {

std::string serialize(const google::protobuf::MessageLite& message) {
  std::string out;
  LAPIS_CHECK(message.SerializeToString(&out));
  return out;
}

template <class Message>
Result<Message> parse(std::string_view value, const char* what) {
  Message message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return fail(ErrorCode::kInternalError, std::string(what) + " row does not parse");
  }
  return message;
}

records::ExtentRow::State to_record(ExtentState state) {
  switch (state) {
    case ExtentState::kFree:
      return records::ExtentRow::FREE;
    case ExtentState::kOpen:
      return records::ExtentRow::OPEN;
    case ExtentState::kSealed:
      return records::ExtentRow::SEALED;
    case ExtentState::kFailed:
      return records::ExtentRow::FAILED;
  }
  return records::ExtentRow::UNKNOWN;
}

Result<ExtentState> from_record(records::ExtentRow::State state) {
  switch (state) {
    case records::ExtentRow::FREE:
      return ExtentState::kFree;
    case records::ExtentRow::OPEN:
      return ExtentState::kOpen;
    case records::ExtentRow::SEALED:
      return ExtentState::kSealed;
    case records::ExtentRow::FAILED:
      return ExtentState::kFailed;
    default:
      return fail(ErrorCode::kInternalError, "extent row: unknown state");
  }
}

records::PathRow::Mode to_record(PathMode mode) {
  switch (mode) {
    case PathMode::kNormal:
      return records::PathRow::NORMAL;
    case PathMode::kReadOnly:
      return records::PathRow::READ_ONLY;
    case PathMode::kDraining:
      return records::PathRow::DRAINING;
    case PathMode::kRetired:
      return records::PathRow::RETIRED;
  }
  return records::PathRow::NORMAL;
}

Result<PathMode> from_record(records::PathRow::Mode mode) {
  switch (mode) {
    case records::PathRow::NORMAL:
      return PathMode::kNormal;
    case records::PathRow::READ_ONLY:
      return PathMode::kReadOnly;
    case records::PathRow::DRAINING:
      return PathMode::kDraining;
    case records::PathRow::RETIRED:
      return PathMode::kRetired;
    default:
      return fail(ErrorCode::kInternalError, "path row: unknown mode");
  }
}

Result<void> check(const ChunkRow& row) {
  const bool length_fits = row.length >= 1 && row.length <= kMaxChunkLength;
  const bool unit_fits = row.unit_bytes >= kMinUnitBytes && row.unit_bytes <= kMaxUnitBytes &&
                         std::has_single_bit(row.unit_bytes);
  if (!length_fits || !unit_fits || row.places.empty() ||
      row.unit_crcs.size() != unit_count(row.length, row.unit_bytes)) {
    return fail(ErrorCode::kInternalError, "chunk row is inconsistent");
  }
  return {};
}

}  // namespace

std::string encode(const ChunkRow& row) {
  records::ChunkRow record;
  record.set_length(row.length);
  for (const Place& place : row.places) {
    auto* out = record.add_places();
    out->set_path_id(place.path.value);
    out->set_extent_id(place.extent.value);
    out->set_generation(place.generation);
    out->set_offset(place.offset);
  }
  record.set_unit_bytes(row.unit_bytes);
  std::string crcs(row.unit_crcs.size() * 8, '\0');
  const MutableBytes out = std::as_writable_bytes(std::span(crcs));
  for (std::size_t i = 0; i < row.unit_crcs.size(); ++i) store_le(out, i * 8, row.unit_crcs[i]);
  record.set_unit_crcs(std::move(crcs));
  record.set_extra_references(row.extra_references);
  return serialize(record);
}

Result<ChunkRow> decode_chunk_row(std::string_view value) {
  LAPIS_TRY(const auto record, parse<records::ChunkRow>(value, "chunk"));
  ChunkRow row;
  row.length = record.length();
  for (const auto& place : record.places()) {
    row.places.push_back(
        {PathId{place.path_id()}, ExtentId{place.extent_id()}, place.generation(), place.offset()});
  }
  row.unit_bytes = record.unit_bytes();
  const Bytes crcs = as_bytes(record.unit_crcs());
  if (crcs.size() % 8 != 0) return fail(ErrorCode::kInternalError, "chunk row: checksum table");
  for (std::size_t at = 0; at < crcs.size(); at += 8) {
    row.unit_crcs.push_back(load_le<std::uint64_t>(crcs, at));
  }
  row.extra_references = record.extra_references();
  LAPIS_TRY_VOID(check(row));
  return row;
}

std::string encode(const ExtentRow& row) {
  records::ExtentRow record;
  record.set_state(to_record(row.state));
  record.set_generation(row.generation);
  record.set_bytes(row.bytes);
  return serialize(record);
}

Result<ExtentRow> decode_extent_row(std::string_view value) {
  LAPIS_TRY(const auto record, parse<records::ExtentRow>(value, "extent"));
  LAPIS_TRY(const ExtentState state, from_record(record.state()));
  return ExtentRow{state, record.generation(), record.bytes()};
}

std::string encode(const PathRow& row) {
  records::PathRow record;
  record.set_uuid(row.uuid);
  record.set_pool(row.pool);
  record.set_directory(row.directory);
  record.set_generation(row.generation);
  record.set_extent_bytes(row.extent_bytes);
  record.set_mode(to_record(row.mode));
  record.set_away_since(row.away_since.value);
  record.set_is_added(row.is_added);
  return serialize(record);
}

Result<PathRow> decode_path_row(std::string_view value) {
  LAPIS_TRY(const auto record, parse<records::PathRow>(value, "path"));
  LAPIS_TRY(const PathMode mode, from_record(record.mode()));
  return PathRow{record.uuid(),
                 record.pool(),
                 record.directory(),
                 record.generation(),
                 record.extent_bytes(),
                 mode,
                 Sequence{record.away_since()},
                 record.is_added()};
}

std::string encode(const ChunkRangeRow& row) {
  records::ChunkRangeRow record;
  record.set_next_id(row.next_id);
  return serialize(record);
}

Result<ChunkRangeRow> decode_chunk_range_row(std::string_view value) {
  LAPIS_TRY(const auto record, parse<records::ChunkRangeRow>(value, "chunk range"));
  if (record.next_id() == 0) return fail(ErrorCode::kInternalError, "chunk range row: id 0");
  return ChunkRangeRow{record.next_id()};
}

}  // namespace lapis::storage
