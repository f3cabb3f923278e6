#include "storage/chunk/frame_check.h"

#include <algorithm>
#include <utility>

#include "lapis/base/check.h"
#include "lapis/base/crc64.h"

namespace lapis::storage {

FrameFindings lost_frame(const ChunkRow& row, std::string why) {
  FrameFindings found;
  found.bad = {{0, row.length}};
  found.seen = std::move(why);
  return found;
}

void FrameCheck::add(Bytes data) {
  LAPIS_CHECK(data.size() <= bytes() - at_);
  while (!data.empty()) {
    Bytes part = data;
    if (at_ < kFrameHeaderBytes) {
      part = data.first(std::min<std::uint64_t>(data.size(), kFrameHeaderBytes - at_));
      std::ranges::copy(part, header_.begin() + static_cast<std::ptrdiff_t>(at_));
    } else if (at_ < payload_end()) {
      part = data.first(std::min<std::uint64_t>(data.size(), payload_end() - at_));
      add_payload(part);
    } else if (at_ < tail_end()) {
      part = data.first(std::min<std::uint64_t>(data.size(), tail_end() - at_));
      tail_.insert(tail_.end(), part.begin(), part.end());
    }
    at_ += part.size();
    data = data.subspan(part.size());
  }
}

void FrameCheck::add_payload(Bytes data) {
  while (!data.empty()) {
    const std::uint64_t room = row_.unit_bytes - unit_filled_;
    const Bytes part = data.first(std::min<std::uint64_t>(data.size(), room));
    unit_crc_ = crc64(part, unit_crc_);
    unit_filled_ += part.size();
    const bool is_last = unit_ * row_.unit_bytes + unit_filled_ == row_.length;
    if (unit_filled_ == row_.unit_bytes || is_last) end_unit();
    data = data.subspan(part.size());
  }
}

void FrameCheck::end_unit() {
  const std::uint64_t offset = unit_ * row_.unit_bytes;
  if (!is_unit_read_ || unit_crc_ != row_.unit_crcs[unit_]) {
    ++bad_units_;
    std::vector<ChunkRange>& bad = found_.bad;
    if (!bad.empty() && bad.back().offset + bad.back().length == offset) {
      bad.back().length += unit_filled_;
    } else {
      bad.push_back({offset, unit_filled_});
    }
  }
  ++unit_;
  unit_filled_ = 0;
  unit_crc_ = 0;
  is_unit_read_ = true;
}

// As zeros, of which it is remembered that they were not read.
void FrameCheck::add_unreadable(std::uint64_t count, const Error& error) {
  static constexpr std::array<std::byte, 4096> kZeros{};
  if (read_error_.empty()) read_error_ = to_string(error);
  while (count != 0) {
    const std::uint64_t end =
        at_ < kFrameHeaderBytes ? kFrameHeaderBytes : (at_ < payload_end() ? payload_end() : ~0ull);
    std::uint64_t part = std::min({count, end - at_, std::uint64_t{kZeros.size()}});
    if (at_ < kFrameHeaderBytes) {
      is_header_read_ = false;
    } else if (at_ < payload_end()) {
      part = std::min(part, row_.unit_bytes - unit_filled_);
      is_unit_read_ = false;
    } else {
      is_tail_read_ = false;
    }
    add(Bytes(kZeros).first(part));
    count -= part;
  }
}

FrameFindings FrameCheck::finish() {
  LAPIS_CHECK(at_ == bytes());
  check_header();
  if (bad_units_ != 0) {
    note(std::to_string(bad_units_) + " of " + std::to_string(row_.unit_crcs.size()) +
         " units do not match their checksums");
  }
  check_tail();
  if (!read_error_.empty()) note("not readable: " + read_error_);
  return std::move(found_);
}

void FrameCheck::check_header() {
  if (!is_header_read_) return;  // said by the error of reading
  const auto header = decode_frame_header(header_);
  if (!header) return note(header.error().detail);
  if (header->store != expected_.store || header->place != expected_.place ||
      header->chunk != expected_.chunk) {
    return note("the frame is of chunk " + std::to_string(header->chunk.value) + " at " +
                std::to_string(header->place.offset) + " of extent " +
                std::to_string(header->place.extent.value) + ", generation " +
                std::to_string(header->place.generation));
  }
  if (header->payload_length != row_.length || header->unit_bytes != row_.unit_bytes) {
    return note("the frame's length is not the row's");
  }
  found_.owner = header->owner;
}

// Of a frame whose header is damaged the trailer cannot match, and says nothing more.
void FrameCheck::check_tail() {
  if (!is_tail_read_ || !found_.owner) return;
  const auto table = decode_frame_tail(header_, tail_);
  if (!table) return note(table.error().detail);
  if (*table != row_.unit_crcs) note("the frame's table of checksums is not the row's");
}

void FrameCheck::note(std::string what) {
  if (!found_.seen.empty()) found_.seen += "; ";
  found_.seen += what;
}

}  // namespace lapis::storage
