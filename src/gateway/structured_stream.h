// Structured messages as streams: an upload's payload without its framing, and a read's with it.
// Neither copies the payload.
#pragma once

#include <memory>
#include <optional>

#include "gateway/route.h"
#include "lapis/azure/structured_message.h"
#include "lapis/io/streams.h"

namespace lapis::gateway {

// The payload of a structured message. The last byte is given only once all of the message has been
// read and found whole, so what takes the payload stores nothing of a damaged one (I1: bytes before
// rows). Errors besides the body's: kInvalidInput, kCrc64Mismatch.
class StructuredSource final : public io::ByteSource {
 public:
  // `message` outlives it. An empty payload is checked by `check_empty`, for nobody reads it.
  StructuredSource(io::ByteSource& message, std::uint64_t payload)
      : message_(message), decoder_(message.remaining(), payload), left_(payload) {}

  std::uint64_t remaining() const override { return left_; }
  io::Task<Result<std::size_t>> read(MutableBytes into) override;
  io::Task<Result<void>> check_empty() { return take_framing(); }

 private:
  // Up to the next byte of the payload, or to the end.
  io::Task<Result<void>> take_framing();

  io::ByteSource& message_;
  azure::StructuredDecoder decoder_;
  std::uint64_t left_;
};

// The body of an upload as its operation is to take it.
class UploadBody {
 public:
  explicit UploadBody(Exchange exchange) : exchange_(exchange) {}
  // Before all else. Errors: those of azure::structured_payload.
  Result<void> open();
  // Whether there is a message around nothing, which has to be checked before `source` is used.
  bool is_empty_message() const { return structured_ && structured_->remaining() == 0; }
  // Errors: those of reading the message.
  io::Task<Result<void>> check_empty() { return structured_->check_empty(); }
  io::ByteSource& source();
  // What the answer has to say of it.
  void describe(http::Response& response) const;

 private:
  const Exchange exchange_;
  std::optional<StructuredSource> structured_;
};

// Turns the body of an answer, which is a stream, into a structured message.
void make_structured(http::Response& response);

}  // namespace lapis::gateway
