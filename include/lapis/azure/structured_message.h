// Structured messages (x-ms-structured-body: XSM/1.0; properties=crc64): a payload in segments,
// each followed by its CRC-64, and the CRC-64 of the whole at the end. Pure: the decoder and the
// encoder say what comes next and take or give the framing; the payload stays where it is.
//
// Little-endian throughout:
//   message: u8 version 1 | u64 length of the message | u16 flags 1 (CRC-64) | u16 segments |
//            segments | u64 CRC-64 of the payload
//   segment: u16 number, from 1 | u64 length | that many bytes | u64 CRC-64 of them
// An empty payload has no segment.
// Source: the SDKs for JavaScript and C++ (storage-common).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lapis/azure/call.h"
#include "lapis/base/bytes.h"
#include "lapis/base/result.h"

namespace lapis::azure {

struct StructuredFraming {
  static constexpr std::size_t kMessageHeader = 13;
  static constexpr std::size_t kSegmentHeader = 10;
  static constexpr std::size_t kCrc = 8;
  static constexpr std::uint64_t kSegment = 4ull << 20;  // as the SDKs send it
  static constexpr std::uint64_t kMaxSegments = 0xffff;
  static constexpr std::size_t kLargest = kMessageHeader;  // piece of framing that stands together
};

// Of an upload: how long its payload is; nothing where its body is not structured. Errors:
// kInvalidHeaderValue for a form that is not known, for a length that is none or that no message of
// Content-Length bytes has, kMissingRequiredHeader, kUnsupportedHeader for a hash beside the
// message's own.
Result<std::optional<std::uint64_t>> structured_payload(const http::Request& request);

// Of a read: whether the answer is to be structured. Errors: kInvalidHeaderValue.
Result<bool> wants_structured(const http::Request& request);

// Says so in an answer; where the answer itself is structured, with the length of its payload.
void add_structured(http::Headers& headers, std::optional<std::uint64_t> payload = {});

// Checks a message on its way in. What it asks for is given to it: framing whole, payload in pieces
// of any size.
class StructuredDecoder {
 public:
  // Of a message of `length` bytes that must hold `payload` bytes.
  StructuredDecoder(std::uint64_t length, std::uint64_t payload)
      : length_(length), payload_left_(payload), payload_(payload) {}

  // What comes next: this much framing or, where that is 0, of the payload. Neither: it is done.
  std::size_t framing() const;
  std::uint64_t payload() const { return state_ == State::kPayload ? segment_left_ : 0; }
  bool done() const { return state_ == State::kDone; }

  // `bytes` has the length of framing(). Errors: kInvalidInput where it is not what it has to be,
  // kCrc64Mismatch.
  Result<void> take_framing(Bytes bytes);
  // At least one byte, at most payload().
  void take_payload(Bytes bytes);

 private:
  enum class State : std::uint8_t { kHeader, kSegment, kPayload, kSegmentCrc, kTrailer, kDone };
  Result<void> take_header(Bytes bytes);
  Result<void> take_segment(Bytes bytes);
  Result<void> take_segment_crc(std::uint64_t crc);
  Result<void> take_trailer(std::uint64_t crc);
  void next_segment();

  const std::uint64_t length_;
  std::uint64_t payload_left_;  // not in a segment yet
  const std::uint64_t payload_;
  State state_ = State::kHeader;
  std::uint64_t segments_ = 0;
  std::uint64_t segment_ = 0;  // the number of the one that was begun last
  std::uint64_t segment_length_ = 0;
  std::uint64_t segment_left_ = 0;
  std::uint64_t segment_crc_ = 0;
  std::uint64_t crc_ = 0;  // of the segments before
};

// Makes the framing of a message on its way out.
class StructuredEncoder {
 public:
  explicit StructuredEncoder(std::uint64_t payload);

  std::uint64_t length() const { return length_; }  // of the message
  bool done() const { return state_ == State::kDone; }
  // How much of the payload comes now; 0: framing comes, or it is done.
  std::uint64_t payload() const { return state_ == State::kPayload ? segment_left_ : 0; }
  void give_payload(Bytes bytes);  // at least one byte, at most payload()
  // The framing that comes now, all that stands together; valid until the next call.
  Bytes framing();

 private:
  enum class State : std::uint8_t { kHeader, kPayload, kSegmentEnd, kDone };
  void put_segment_header();
  template <class T>
  void put(T value);

  const std::uint64_t payload_;
  const std::uint64_t segment_size_;
  const std::uint64_t segments_;
  const std::uint64_t length_;
  State state_ = State::kHeader;
  std::uint64_t segment_ = 0;
  std::uint64_t payload_left_;
  std::uint64_t segment_length_ = 0;
  std::uint64_t segment_left_ = 0;
  std::uint64_t segment_crc_ = 0;
  std::uint64_t crc_ = 0;
  std::array<std::byte, 32> buffer_;
  std::size_t used_ = 0;
};

}  // namespace lapis::azure
