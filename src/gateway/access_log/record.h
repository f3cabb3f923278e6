// AccessRecord: what a shard notes of a request that has ended, for the thread that writes the
// access log. Made of a few hundred bytes of plain copies; everything that costs more (redaction,
// JSON, dates) is left to that thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lapis/base/bytes.h"
#include "lapis/gateway/request_metrics.h"

namespace lapis::gateway {

// The texts of a record. Of the fields of a request no other is ever copied: not Authorization.
enum class RecordText : std::uint8_t {
  kMethod,
  kTarget,
  kPeer,
  kTlsVersion,
  // Fields of the request.
  kHost,
  kUserAgent,
  kReferer,
  kClientRequestId,
  kVersion,
  kRequestMd5,
  kIfMatch,
  kIfNoneMatch,
  kIfModifiedSince,
  kIfUnmodifiedSince,
  kCopySource,
  kAccessTier,
  kRehydratePriority,
  kTraceParent,
  // Fields of the response.
  kRequestId,
  kEtag,
  kLastModified,
  kResponseMd5,
};
inline constexpr std::size_t kRecordTexts = 22;

// The part of fixed size.
struct RecordNumbers {
  Cycles began = 0;
  Cycles ended = 0;
  Cycles served = 0;
  std::array<Cycles, kPhaseCount> spent{};
  std::uint64_t request_head_bytes = 0;
  std::uint64_t request_body_bytes = 0;
  std::uint64_t response_head_bytes = 0;
  std::uint64_t response_body_bytes = 0;
  std::optional<std::uint64_t> content_length;
  std::optional<std::uint16_t> route;
  std::optional<ErrorCode> error;
  std::uint16_t status = 0;
  std::uint16_t peer_port = 0;
  Authentication authentication = Authentication::kAnonymous;
  ResponseType type = ResponseType::kSuccess;
  bool is_request = true;
  bool is_secure = false;
};

// A record as it is read: `texts` point into it; empty where there is none.
struct AccessRecord {
  RecordNumbers numbers;
  std::array<std::string_view, kRecordTexts> texts;
  std::string_view text(RecordText which) const { return texts[static_cast<std::size_t>(which)]; }
};

// Where a record is made; used again and again.
using RecordMemory = std::array<char, 64 * 1024>;

// The record of `facts`, in `memory`.
Bytes encode_record(const http::RequestFacts& facts, RecordMemory& memory);
AccessRecord decode_record(Bytes record);

}  // namespace lapis::gateway
