#include "gateway/structured_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lapis::gateway {
namespace {

// Lends framing and payload by turns. The header is lent once the payload's beginning is at hand:
// it is the answer's first piece, by which a session tells whether there is anything to answer
// with.
class StructuredBody final : public io::BufferSource {
 public:
  explicit StructuredBody(std::unique_ptr<io::BufferSource> payload)
      : payload_(std::move(payload)), encoder_(payload_->remaining()), left_(encoder_.length()) {}

  std::uint64_t remaining() const override { return left_; }

  io::Task<Result<Bytes>> next() override {
    const bool begins = left_ == encoder_.length() && payload_->remaining() != 0;
    if (rest_.empty() && (begins || encoder_.payload() != 0)) {
      LAPIS_CO_TRY(rest_, co_await payload_->next());
      if (rest_.empty()) co_return fail(ErrorCode::kInternalError, "a body ends early");
    }
    Bytes lent;
    if (encoder_.payload() != 0) {
      lent = rest_.first(std::min<std::uint64_t>(rest_.size(), encoder_.payload()));
      rest_ = rest_.subspan(lent.size());
      encoder_.give_payload(lent);
    } else if (!encoder_.done()) {
      lent = encoder_.framing();
    }
    left_ -= lent.size();
    co_return lent;
  }

 private:
  const std::unique_ptr<io::BufferSource> payload_;
  azure::StructuredEncoder encoder_;
  std::uint64_t left_;
  Bytes rest_;  // of what the payload lent last
};

}  // namespace

io::Task<Result<void>> StructuredSource::take_framing() {
  std::array<std::byte, azure::StructuredFraming::kLargest> buffer;
  while (const std::size_t size = decoder_.framing()) {
    const MutableBytes into = MutableBytes(buffer).first(size);
    LAPIS_CO_TRY_VOID(co_await io::read_exactly(message_, into));
    LAPIS_CO_TRY_VOID(decoder_.take_framing(into));
  }
  co_return Result<void>();
}

io::Task<Result<std::size_t>> StructuredSource::read(MutableBytes into) {
  if (into.empty() || left_ == 0) co_return std::size_t{0};
  LAPIS_CO_TRY_VOID(co_await take_framing());
  const std::uint64_t most = std::min<std::uint64_t>(into.size(), decoder_.payload());
  LAPIS_CO_TRY(const std::size_t got,
               co_await message_.read(into.first(static_cast<std::size_t>(most))));
  if (got == 0) co_return fail(ErrorCode::kBadRequest, "a structured message ends early");
  decoder_.take_payload(into.first(got));
  left_ -= got;
  if (left_ == 0) LAPIS_CO_TRY_VOID(co_await take_framing());
  co_return got;
}

Result<void> UploadBody::open() {
  LAPIS_TRY(const auto payload, azure::structured_payload(exchange_.call.request));
  if (payload) structured_.emplace(exchange_.body, *payload);
  return {};
}

io::ByteSource& UploadBody::source() {
  return structured_ ? static_cast<io::ByteSource&>(*structured_) : exchange_.body;
}

void UploadBody::describe(http::Response& response) const {
  if (structured_) azure::add_structured(response.headers);
}

void make_structured(http::Response& response) {
  auto& payload = std::get<std::unique_ptr<io::BufferSource>>(response.body);
  azure::add_structured(response.headers, payload->remaining());
  response.body = std::make_unique<StructuredBody>(std::move(payload));
}

}  // namespace lapis::gateway
