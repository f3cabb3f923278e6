#include "lapis/azure/structured_message.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/body_hashes.h"
#include "lapis/base/crc64.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

using F = StructuredFraming;

constexpr std::string_view kBody = "x-ms-structured-body";
constexpr std::string_view kLength = "x-ms-structured-content-length";
constexpr std::string_view kForm = "XSM/1.0; properties=crc64";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint16_t kCrcFlag = 1;

constexpr std::uint64_t kFixed = F::kMessageHeader + F::kCrc;
constexpr std::uint64_t kPerSegment = F::kSegmentHeader + F::kCrc;

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, "structured message: " + std::string(why));
}

// Blanks may stand around the semicolon, or not.
bool is_known_form(std::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    if (c != ' ') squeezed.push_back(c);
  }
  return http::iequals(squeezed, "XSM/1.0;properties=crc64");
}

// Whether a message of `length` bytes can hold `payload` bytes.
bool fits(std::uint64_t length, std::uint64_t payload) {
  if (length < kFixed || payload > length - kFixed) return false;
  const std::uint64_t framing = length - kFixed - payload;
  const std::uint64_t segments = framing / kPerSegment;
  if (framing % kPerSegment != 0 || segments > F::kMaxSegments) return false;
  return segments != 0 || payload == 0;
}

std::unexpected<Error> mismatch(std::uint64_t said, std::uint64_t found) {
  return fail(Error{ErrorCode::kCrc64Mismatch, "structured message"}
                  .with("UserSpecifiedCrc", crc64_text(said))
                  .with("ServerCalculatedCrc", crc64_text(found)));
}

// Segments of the usual size, or as much larger as their number has to stay within 16 bits.
std::uint64_t segment_size_for(std::uint64_t payload) {
  const std::uint64_t least = (payload + F::kMaxSegments - 1) / F::kMaxSegments;
  return std::max(F::kSegment, (least + F::kSegment - 1) / F::kSegment * F::kSegment);
}

}  // namespace

Result<std::optional<std::uint64_t>> structured_payload(const http::Request& request) {
  const http::Headers& headers = request.headers;
  const std::string_view length = headers.get(kLength);
  LAPIS_TRY(const bool structured, wants_structured(request));
  if (!structured) {
    // It would be taken for the length of a body that is not framed.
    if (!length.empty()) return fail(unsupported_header(kLength));
    return std::nullopt;
  }
  if (length.empty()) return fail(missing_header(kLength));
  for (const std::string_view hash : {"Content-MD5", "x-ms-content-crc64"}) {
    if (!headers.get(hash).empty()) return fail(unsupported_header(hash));
  }
  const auto payload = parse_u64(length);
  if (!payload || (request.content_length && !fits(*request.content_length, *payload))) {
    return fail(invalid_header(kLength, length));
  }
  return payload;
}

Result<bool> wants_structured(const http::Request& request) {
  const std::string_view form = request.headers.get(kBody);
  if (form.empty()) return false;
  if (!is_known_form(form)) return fail(invalid_header(kBody, form));
  return true;
}

void add_structured(http::Headers& headers, std::optional<std::uint64_t> payload) {
  headers.add(kBody, kForm);
  if (payload) headers.add(kLength, std::to_string(*payload));
}

std::size_t StructuredDecoder::framing() const {
  switch (state_) {
    case State::kHeader:
      return F::kMessageHeader;
    case State::kSegment:
      return F::kSegmentHeader;
    case State::kSegmentCrc:
    case State::kTrailer:
      return F::kCrc;
    case State::kPayload:
    case State::kDone:
      break;
  }
  return 0;
}

Result<void> StructuredDecoder::take_framing(Bytes bytes) {
  switch (state_) {
    case State::kHeader:
      return take_header(bytes);
    case State::kSegment:
      return take_segment(bytes);
    case State::kSegmentCrc:
      return take_segment_crc(load_le<std::uint64_t>(bytes));
    case State::kTrailer:
      return take_trailer(load_le<std::uint64_t>(bytes));
    case State::kPayload:
    case State::kDone:
      break;
  }
  return malformed("framing where there is none");
}

Result<void> StructuredDecoder::take_header(Bytes bytes) {
  if (load_le<std::uint8_t>(bytes) != kVersion) return malformed("version");
  if (load_le<std::uint64_t>(bytes.subspan(1)) != length_) return malformed("length");
  if (load_le<std::uint16_t>(bytes.subspan(9)) != kCrcFlag) return malformed("flags");
  segments_ = load_le<std::uint16_t>(bytes.subspan(11));
  // So the segments' lengths add up to the payload where each fits into what is left of it.
  if (length_ != kFixed + payload_ + segments_ * kPerSegment) return malformed("segments");
  next_segment();
  return {};
}

Result<void> StructuredDecoder::take_segment(Bytes bytes) {
  ++segment_;
  if (load_le<std::uint16_t>(bytes) != segment_) return malformed("number of a segment");
  segment_length_ = segment_left_ = load_le<std::uint64_t>(bytes.subspan(2));
  if (segment_length_ > payload_left_) return malformed("length of a segment");
  payload_left_ -= segment_length_;
  if (segment_ == segments_ && payload_left_ != 0) return malformed("payload behind its segments");
  segment_crc_ = 0;
  state_ = segment_length_ == 0 ? State::kSegmentCrc : State::kPayload;
  return {};
}

void StructuredDecoder::take_payload(Bytes bytes) {
  segment_crc_ = crc64(bytes, segment_crc_);
  segment_left_ -= bytes.size();
  if (segment_left_ == 0) state_ = State::kSegmentCrc;
}

Result<void> StructuredDecoder::take_segment_crc(std::uint64_t crc) {
  if (crc != segment_crc_) return mismatch(crc, segment_crc_);
  crc_ = crc64_combine(crc_, segment_crc_, segment_length_);
  next_segment();
  return {};
}

Result<void> StructuredDecoder::take_trailer(std::uint64_t crc) {
  if (crc != crc_) return mismatch(crc, crc_);
  state_ = State::kDone;
  return {};
}

void StructuredDecoder::next_segment() {
  state_ = segment_ == segments_ ? State::kTrailer : State::kSegment;
}

StructuredEncoder::StructuredEncoder(std::uint64_t payload)
    : payload_(payload),
      segment_size_(segment_size_for(payload)),
      segments_((payload + segment_size_ - 1) / segment_size_),
      length_(kFixed + payload + segments_ * kPerSegment),
      payload_left_(payload) {}

void StructuredEncoder::give_payload(Bytes bytes) {
  segment_crc_ = crc64(bytes, segment_crc_);
  segment_left_ -= bytes.size();
  if (segment_left_ == 0) state_ = State::kSegmentEnd;
}

Bytes StructuredEncoder::framing() {
  used_ = 0;
  if (state_ == State::kHeader) {
    put(kVersion);
    put(length_);
    put(kCrcFlag);
    put(static_cast<std::uint16_t>(segments_));
  } else if (state_ == State::kSegmentEnd) {
    put(segment_crc_);
    crc_ = crc64_combine(crc_, segment_crc_, segment_length_);
  }
  if (payload_left_ != 0) {
    put_segment_header();
  } else {
    put(crc_);
    state_ = State::kDone;
  }
  return Bytes(buffer_).first(used_);
}

void StructuredEncoder::put_segment_header() {
  segment_length_ = segment_left_ = std::min(segment_size_, payload_left_);
  payload_left_ -= segment_length_;
  segment_crc_ = 0;
  put(static_cast<std::uint16_t>(++segment_));
  put(segment_length_);
  state_ = State::kPayload;
}

template <class T>
void StructuredEncoder::put(T value) {
  store_le(buffer_, used_, value);
  used_ += sizeof value;
}

}  // namespace lapis::azure
