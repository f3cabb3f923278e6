#include "azure/request/page_headers.h"

#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/ranges.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kLength = "x-ms-blob-content-length";
constexpr std::string_view kAction = "x-ms-sequence-number-action";
constexpr std::string_view kNumber = "x-ms-blob-sequence-number";
constexpr std::string_view kRange = "Range";

constexpr std::uint32_t kLargePageBlobs = 20170417;
constexpr std::uint64_t kMaxBytesBefore = 1ull << 40;

std::optional<blob::SequenceAction> action_of(std::string_view text) {
  if (http::iequals(text, "max")) return blob::SequenceAction::kMax;
  if (http::iequals(text, "update")) return blob::SequenceAction::kUpdate;
  if (http::iequals(text, "increment")) return blob::SequenceAction::kIncrement;
  return std::nullopt;
}

// Azure tells this one from what is no number at all.
Result<std::optional<std::uint64_t>> parse_equal(const http::Headers& headers) {
  constexpr std::string_view kEqual = "x-ms-if-sequence-number-eq";
  if (headers.get(kEqual) == "-1") return fail(ErrorCode::kInvalidInput, "sequence number -1");
  return parse_sequence_number(headers, kEqual);
}

}  // namespace

Result<std::optional<std::uint64_t>> parse_page_blob_length(const Call& call) {
  const std::string_view text = call.request.headers.get(kLength);
  if (text.empty()) return std::nullopt;
  const std::uint64_t most =
      call.at_least(kLargePageBlobs) ? blob::kMaxPageBlobBytes : kMaxBytesBefore;
  const auto length = parse_u64(text);
  if (!length || *length % blob::kPageBytes != 0 || *length > most) {
    return fail(invalid_header(kLength, text));
  }
  return length;
}

Result<std::optional<std::uint64_t>> parse_sequence_number(const http::Headers& headers,
                                                           std::string_view name) {
  const std::string_view text = headers.get(name);
  if (text.empty()) return std::nullopt;
  const auto number = parse_u64(text);
  if (!number || *number > blob::kMaxSequenceNumber) return fail(invalid_header(name, text));
  return number;
}

Result<std::optional<blob::SequenceChange>> parse_sequence_change(const http::Headers& headers) {
  const std::string_view text = headers.get(kAction);
  LAPIS_TRY(const auto number, parse_sequence_number(headers, kNumber));
  if (text.empty() && !number) return std::nullopt;
  if (text.empty()) return fail(missing_header(kAction));
  const auto action = action_of(text);
  if (!action) return fail(invalid_header(kAction, text));
  const bool increments = *action == blob::SequenceAction::kIncrement;
  if (!increments && !number) return fail(missing_header(kNumber));
  if (increments && number) return fail(invalid_header(kNumber, headers.get(kNumber)));
  return blob::SequenceChange{*action, number.value_or(0)};
}

Result<blob::ByteRange> parse_page_range(const http::Headers& headers) {
  std::string_view text = headers.get("x-ms-range");
  if (text.empty()) text = headers.get(kRange);
  if (text.empty()) return fail(missing_header(kRange));
  const auto range = parse_byte_range(text);
  const bool is_whole = range && range->last && *range->last < blob::kMaxPageBlobBytes &&
                        range->first % blob::kPageBytes == 0 &&
                        (*range->last + 1) % blob::kPageBytes == 0;
  if (!is_whole) return fail(invalid_header(kRange, text));
  return blob::ByteRange{range->first, *range->last - range->first + 1};
}

Result<void> parse_page_write(const Call& call, blob::PutPage& into) {
  const http::Headers& headers = call.request.headers;
  into.key = blob_key(call);
  LAPIS_TRY(into.lease, parse_lease(headers));
  LAPIS_TRY(into.conditions, parse_write_conditions(call));
  blob::SequenceConditions& sequence = into.sequence;
  LAPIS_TRY(sequence.at_most, parse_sequence_number(headers, "x-ms-if-sequence-number-le"));
  LAPIS_TRY(sequence.less_than, parse_sequence_number(headers, "x-ms-if-sequence-number-lt"));
  LAPIS_TRY(sequence.equal, parse_equal(headers));
  return {};
}

}  // namespace lapis::azure
