#include "lapis/azure/query.h"

#include <algorithm>
#include <utility>

#include "azure/field_errors.h"
#include "lapis/base/url.h"
#include "lapis/http/message.h"

namespace lapis::azure {
namespace {

// More parameters than any operation and SAS together have; bounds the search for duplicates.
constexpr std::size_t kMaxParameters = 128;
constexpr std::size_t kUsualParameters = 8;

// Text that stands for itself: ASCII without escapes.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0 && c != '%'; });
}

Result<std::string> decode(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  auto decoded = percent_decode(text);
  if (!decoded) return fail(ErrorCode::kInvalidUri, "malformed escape in the query");
  if (decoded->find('\0') != std::string::npos || !is_utf8(*decoded)) {
    return fail(ErrorCode::kInvalidUri, "query is not text");
  }
  return *std::move(decoded);
}

}  // namespace

Result<Query> Query::parse(std::string_view text) {
  Query query;
  query.parameters_.reserve(kUsualParameters);
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view part = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view raw = equals == part.npos ? "" : part.substr(equals + 1);
    LAPIS_TRY(std::string name, decode(part.substr(0, equals)));
    LAPIS_TRY(std::string value, decode(raw));
    if (query.has(name)) {
      return fail(invalid_parameter(name, value, "The query parameter is given more than once."));
    }
    if (query.parameters_.size() == kMaxParameters) {
      return fail(ErrorCode::kInvalidUri, "too many query parameters");
    }
    const bool plain = !raw.empty() && raw.find('=') == raw.npos;
    query.parameters_.push_back({std::move(name), std::move(value), plain});
  }
  return query;
}

const std::string* Query::find(std::string_view name) const {
  for (const QueryParameter& parameter : parameters_) {
    // A SAS is asked for thirty names: most differ in length.
    if (parameter.name.size() == name.size() && http::iequals(parameter.name, name)) {
      return &parameter.value;
    }
  }
  return nullptr;
}

std::string_view Query::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

}  // namespace lapis::azure
