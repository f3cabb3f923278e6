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

void append_text(std::string& into, RecordText which, std::string_view text) {
  if (text.empty()) return;
  text = text.substr(0, kMaxText);
  const auto length = static_cast<std::uint16_t>(text.size());
  const std::size_t at = into.size();
  const std::size_t size = at + 3 + text.size();
  // What the library hands in as the size may be the capacity.
  into.resize_and_overwrite(size, [&](char* bytes, std::size_t) {
    bytes[at] = static_cast<char>(which);
    std::memcpy(bytes + at + 1, &length, sizeof length);
    std::memcpy(bytes + at + 3, text.data(), text.size());
    return size;
  });
}

// Clients mostly spell names as the documents do, and a look at the first letter settles most of
// the rest.
bool is_named(std::string_view name, std::string_view wanted) {
  if (name == wanted) return true;
  return ((name[0] ^ wanted[0]) & ~0x20) == 0 && http::iequals(name, wanted);
}

template <std::size_t N>
void append_fields(std::string& into, const http::Headers& headers, const Wanted (&wanted)[N],
                   std::uint32_t lengths) {
  for (const http::Header& field : headers.all()) {
    const std::size_t size = field.name.size();
    if (size >= 32 || (lengths >> size & 1) == 0) continue;
    for (const Wanted& one : wanted) {
      if (one.name.size() != size || !is_named(field.name, one.name)) continue;
      append_text(into, one.text, field.value);
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

void encode_record(const http::RequestFacts& facts, std::string& into) {
  const RecordNumbers numbers = numbers_of(facts);
  into.assign(reinterpret_cast<const char*>(&numbers), sizeof numbers);
  append_text(into, RecordText::kPeer, facts.request.peer_address);
  append_text(into, RecordText::kTlsVersion, facts.request.tls_version);
  if (facts.is_request) {
    append_text(into, RecordText::kMethod, facts.request.method_text);
    append_text(into, RecordText::kTarget, facts.request.target);
    append_fields(into, facts.request.headers, kOfRequest, lengths_of(kOfRequest));
  }
  append_fields(into, facts.response.headers, kOfResponse, lengths_of(kOfResponse));
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
