#include "azure/request/lease_action.h"

#include <optional>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/guid.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

using Kind = blob::LeaseAction::Kind;
using std::chrono::seconds;

constexpr std::uint32_t kChosenIds = 20120212;  // and durations, break periods, change
constexpr std::uint64_t kShortest = 15;
constexpr std::uint64_t kLongest = 60;

struct ActionName {
  std::string_view name;
  Kind kind;
};
constexpr ActionName kActions[] = {{"acquire", Kind::kAcquire},
                                   {"renew", Kind::kRenew},
                                   {"change", Kind::kChange},
                                   {"release", Kind::kRelease},
                                   {"break", Kind::kBreak}};

Result<Kind> parse_kind(const Call& call) {
  constexpr std::string_view kHeader = "x-ms-lease-action";
  const std::string_view text = call.request.headers.get(kHeader);
  if (text.empty()) return fail(missing_header(kHeader));
  for (const auto& [name, kind] : kActions) {
    if (!http::iequals(text, name)) continue;
    if (kind == Kind::kChange && !call.at_least(kChosenIds)) break;
    return kind;
  }
  return fail(invalid_header(kHeader, text));
}

Result<std::optional<Guid>> parse_id(const http::Headers& headers, std::string_view name) {
  const std::string_view text = headers.get(name);
  if (text.empty()) return std::nullopt;
  const auto id = parse_guid(text);
  if (!id) return fail(invalid_header(name, text));
  return id;
}

Result<Guid> parse_needed_id(const http::Headers& headers, std::string_view name) {
  LAPIS_TRY(const auto id, parse_id(headers, name));
  if (!id) return fail(missing_header(name));
  return *id;
}

// Nothing: without end.
Result<std::optional<seconds>> parse_duration(const http::Headers& headers) {
  constexpr std::string_view kHeader = "x-ms-lease-duration";
  const std::string_view text = headers.get(kHeader);
  if (text.empty()) return fail(missing_header(kHeader));
  if (text == "-1") return std::nullopt;
  const auto count = parse_u64(text);
  if (!count || *count < kShortest || *count > kLongest) return fail(invalid_header(kHeader, text));
  return seconds(*count);
}

Result<std::optional<seconds>> parse_break_period(const http::Headers& headers) {
  constexpr std::string_view kHeader = "x-ms-lease-break-period";
  const std::string_view text = headers.get(kHeader);
  if (text.empty()) return std::nullopt;
  const auto count = parse_u64(text);
  if (!count || *count > kLongest) return fail(invalid_header(kHeader, text));
  return seconds(*count);
}

Result<void> parse_acquire(const Call& call, blob::LeaseAction& action) {
  action.duration = seconds(kLongest);
  if (!call.at_least(kChosenIds)) return {};
  LAPIS_TRY(action.duration, parse_duration(call.request.headers));
  LAPIS_TRY(action.proposed, parse_id(call.request.headers, "x-ms-proposed-lease-id"));
  return {};
}

}  // namespace

Result<blob::LeaseAction> parse_lease_action(const Call& call) {
  const http::Headers& headers = call.request.headers;
  blob::LeaseAction action{};
  LAPIS_TRY(action.kind, parse_kind(call));
  if (action.kind == Kind::kAcquire) {
    LAPIS_TRY_VOID(parse_acquire(call, action));
    return action;
  }
  if (action.kind == Kind::kBreak) {
    if (call.at_least(kChosenIds)) {
      LAPIS_TRY(action.break_period, parse_break_period(headers));
    }
    return action;
  }
  LAPIS_TRY(action.id, parse_needed_id(headers, "x-ms-lease-id"));
  if (action.kind == Kind::kChange) {
    LAPIS_TRY(action.proposed, parse_needed_id(headers, "x-ms-proposed-lease-id"));
  }
  return action;
}

}  // namespace lapis::azure
