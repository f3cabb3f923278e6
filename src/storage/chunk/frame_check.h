// FrameCheck: whether what lies at a place is the frame that a chunk's row speaks of: its header's
// identity, each unit of the payload against the row's checksum, its own table and trailer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lapis/base/bytes.h"
#include "lapis/base/random.h"
#include "lapis/storage/scrub.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

struct FrameFindings {
  std::vector<ChunkRange> bad;      // of the payload: whole units, neighbours together
  std::optional<ChunkOwner> owner;  // where the header is the chunk's
  std::string seen;                 // what is wrong, in words

  bool is_whole() const { return seen.empty(); }
};

// What is told of a chunk whose place holds nothing.
FrameFindings lost_frame(const ChunkRow& row, std::string why);

// Takes a frame's bytes in order, in pieces of any length. Pure: reads nothing by itself. `row`
// outlives it.
class FrameCheck {
 public:
  struct Expected {
    Guid store;
    ChunkId chunk;
    Place place;
  };

  FrameCheck(const ChunkRow& row, const Expected& expected) : row_(row), expected_(expected) {}

  // How much there is to take: the whole frame.
  std::uint64_t bytes() const { return row_.bytes_on_disk(); }
  std::uint64_t taken() const { return at_; }

  void add(Bytes data);
  // The next `count` bytes cannot be read.
  void add_unreadable(std::uint64_t count, const Error& error);

  // After the last byte.
  FrameFindings finish();

 private:
  void add_payload(Bytes data);
  void end_unit();
  void check_header();
  void check_tail();
  void note(std::string what);
  std::uint64_t payload_end() const { return kFrameHeaderBytes + row_.length; }
  std::uint64_t tail_end() const {
    return payload_end() + frame_tail_bytes(row_.length, row_.unit_bytes);
  }

  const ChunkRow& row_;
  const Expected expected_;
  std::uint64_t at_ = 0;
  std::array<std::byte, kFrameHeaderBytes> header_{};
  std::vector<std::byte> tail_;
  bool is_header_read_ = true;
  bool is_tail_read_ = true;

  std::uint64_t unit_ = 0;
  std::uint64_t unit_filled_ = 0;
  std::uint64_t unit_crc_ = 0;
  bool is_unit_read_ = true;
  std::uint64_t bad_units_ = 0;
  std::string read_error_;
  FrameFindings found_;
};

}  // namespace lapis::storage
