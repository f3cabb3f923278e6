#include "gateway/access_log/record.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "lapis/base/check.h"

namespace lapis::gateway {
namespace {

static_assert(std::is_trivially_copyable_v<RecordNumbers>);

// The longest text that is kept whole; a longer one is cut.
constexpr std::size_t kMaxText = 16 * 1024;

struct Wanted {
  std::string_view name;
  RecordText text;
};

constexpr Wanted kOfRequest[] = {
    {"Host", RecordText::kHost},
    {"Referer", RecordText::kReferer},
    {"If-Match", RecordText::kIfMatch},
    {"User-Agent", RecordText::kUserAgent},
    {"Content-MD5", RecordText::kRequestMd5},
    {"traceparent", RecordText::kTraceParent},
    {"x-ms-version", RecordText::kVersion},
    {"If-None-Match", RecordText::kIfNoneMatch},
    {"x-ms-access-tier", RecordText::kAccessTier},
    {"x-ms-copy-source", RecordText::kCopySource},
    {"If-Modified-Since", RecordText::kIfModifiedSince},
    {"If-Unmodified-Since", RecordText::kIfUnmodifiedSince},
    {"x-ms-client-request-id", RecordText::kClientRequestId},
    {"x-ms-rehydrate-priority", RecordText::kRehydratePriority},
};
constexpr Wanted kOfResponse[] = {
    {"ETag", RecordText::kEtag},
    {"Content-MD5", RecordText::kResponseMd5},
    {"Last-Modified", RecordText::kLastModified},
    {"x-ms-request-id", RecordText::kRequestId},
};

// Which lengths wanted names have, as bits: most fields are passed over by a look at this.
template <std::size_t N>
constexpr std::uint32_t lengths_of(const Wanted (&wanted)[N]) {
  std::uint32_t bits = 0;
  for (const Wanted& one : wanted) bits |= 1u << one.name.size();
  return bits;
}
constexpr std::uint32_t kLengthsOfRequest = lengths_of(kOfRequest);
constexpr std::uint32_t kLengthsOfResponse = lengths_of(kOfResponse);

// Writes texts one behind the other for as long as there is room: all of a request's that lapisd
// takes, but for hostile ones.
class Cursor {
 public:
  Cursor(char* begin, char* end) : at_(begin), end_(end) {}
  void text(RecordText which, std::string_view text) {
    constexpr std::size_t kHead = 1 + sizeof(std::uint16_t);
    const auto room = static_cast<std::size_t>(end_ - at_);
    if (text.empty() || room <= kHead) return;
    const std::size_t size = std::min({text.size(), kMaxText, room - kHead});
    const auto length = static_cast<std::uint16_t>(size);
    *at_ = static_cast<char>(which);
    std::memcpy(at_ + 1, &length, sizeof length);
    std::memcpy(at_ + kHead, text.data(), size);
    at_ += kHead + size;
  }
  char* at() const { return at_; }

 private:
  char* at_;
  char* const end_;
};

// Clients mostly spell names as the documents do, and a look at the first letter settles most of
// the rest.
bool is_named(std::string_view name, std::string_view wanted) {
  if (name == wanted) return true;
  return ((name[0] ^ wanted[0]) & ~0x20) == 0 && http::iequals(name, wanted);
}

template <std::size_t N>
void copy_fields(Cursor& cursor, const http::Headers& headers, const Wanted (&wanted)[N],
                 std::uint32_t lengths) {
  for (const http::Header& field : headers.all()) {
    const std::size_t size = field.name.size();
    if (size >= 32 || (lengths >> size & 1) == 0) continue;
    for (const Wanted& one : wanted) {
      if (one.name.size() != size || !is_named(field.name, one.name)) continue;
      cursor.text(one.text, field.value);
      break;
    }
  }
}

RecordNumbers numbers_of(const http::RequestFacts& facts) {
  const RequestTrace& trace = facts.trace;
  RecordNumbers numbers{.began = trace.began,
                        .ended = trace.ended,
                        .served = trace.served,
                        .spent = trace.spent,
                        .request_head_bytes = facts.request_head_bytes,
                        .request_body_bytes = facts.request_body_bytes,
                        .response_head_bytes = facts.response_head_bytes,
                        .response_body_bytes = facts.response_body_bytes,
                        .content_length = std::nullopt,
                        .route = trace.route,
                        .error = trace.error,
                        .status = static_cast<std::uint16_t>(facts.response.status),
                        .peer_port = facts.request.peer_port,
                        .authentication = authentication_of(facts),
                        .type = response_type_of(facts),
                        .is_request = facts.is_request,
                        .is_secure = facts.request.secure};
  if (facts.is_request) numbers.content_length = facts.request.content_length;
  return numbers;
}

}  // namespace

Bytes encode_record(const http::RequestFacts& facts, RecordMemory& memory) {
  const RecordNumbers numbers = numbers_of(facts);
  char* const begin = memory.data();
  std::memcpy(begin, &numbers, sizeof numbers);
  Cursor cursor(begin + sizeof numbers, begin + memory.size());
  cursor.text(RecordText::kPeer, facts.request.peer_address);
  cursor.text(RecordText::kTlsVersion, facts.request.tls_version);
  if (facts.is_request) {
    cursor.text(RecordText::kMethod, facts.request.method_text);
    cursor.text(RecordText::kTarget, facts.request.target);
    copy_fields(cursor, facts.request.headers, kOfRequest, kLengthsOfRequest);
  }
  copy_fields(cursor, facts.response.headers, kOfResponse, kLengthsOfResponse);
  return as_bytes({begin, static_cast<std::size_t>(cursor.at() - begin)});
}

AccessRecord decode_record(Bytes record) {
  AccessRecord decoded;
  LAPIS_CHECK(record.size() >= sizeof decoded.numbers);
  std::memcpy(&decoded.numbers, record.data(), sizeof decoded.numbers);
  std::string_view rest = as_text(record.subspan(sizeof decoded.numbers));
  while (!rest.empty()) {
    const auto which = static_cast<std::size_t>(rest[0]);
    std::uint16_t length = 0;
    std::memcpy(&length, rest.data() + 1, sizeof length);
    // Of a field that came twice, the first counts, as for the gateway.
    std::string_view& text = decoded.texts[which];
    if (text.empty()) text = rest.substr(3, length);
    rest.remove_prefix(3 + std::size_t{length});
  }
  return decoded;
}

}  // namespace lapis::gateway
