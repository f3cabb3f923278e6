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
constexpr std::size_t kUsualParameters = 12;  // of a SAS and an operation

// Text that stands for itself: ASCII without escapes.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0 && c != '%'; });
}

bool is_base64(std::string_view name) {
  return http::iequals(name, "sig") || http::iequals(name, "blockid");
}

// Decodes parameter by parameter into one block of memory, made when the first escape is met.
class Decoder {
 public:
  explicit Decoder(std::size_t most) : most_(most) {}

  Result<std::string_view> decode(std::string_view text, bool plus_is_blank) {
    const bool blanks = plus_is_blank && text.contains('+');
    if (!blanks && is_plain(text)) return text;
    if (!memory_) memory_ = std::make_unique_for_overwrite<char[]>(most_);
    char* const begin = memory_.get() + used_;
    if (blanks) {
      std::ranges::replace_copy(text, begin, '+', ' ');
      text = {begin, text.size()};
    }
    const auto size = percent_decode_into(text, begin);
    if (!size) return fail(ErrorCode::kInvalidUri, "malformed escape in the query");
    const std::string_view decoded(begin, *size);
    if (decoded.find('\0') != decoded.npos || !is_utf8(decoded)) {
      return fail(ErrorCode::kInvalidUri, "query is not text");
    }
    used_ += *size;
    return decoded;
  }
  std::unique_ptr<char[]> take() { return std::move(memory_); }

 private:
  const std::size_t most_;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> memory_;
};

}  // namespace

Result<Query> Query::parse(std::string_view text) {
  Query query;
  query.parameters_.reserve(kUsualParameters);
  Decoder decoder(text.size());
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view part = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view raw = equals == part.npos ? "" : part.substr(equals + 1);
    LAPIS_TRY(const std::string_view name, decoder.decode(part.substr(0, equals), false));
    const bool plus_is_blank = !is_base64(name);
    LAPIS_TRY(const std::string_view value, decoder.decode(raw, plus_is_blank));
    if (query.has(name)) {
      return fail(invalid_parameter(name, value, "The query parameter is given more than once."));
    }
    if (query.parameters_.size() == kMaxParameters) {
      return fail(ErrorCode::kInvalidUri, "too many query parameters");
    }
    const bool plain = !raw.empty() && raw.find('=') == raw.npos;
    const bool blanks = plus_is_blank && raw.contains('+');
    query.parameters_.push_back({name, value, blanks ? raw : std::string_view(), plain});
  }
  query.decoded_ = decoder.take();
  return query;
}

const std::string_view* Query::find(std::string_view name) const {
  for (const QueryParameter& parameter : parameters_) {
    if (http::iequals(parameter.name, name)) return &parameter.value;
  }
  return nullptr;
}

std::string_view Query::get(std::string_view name) const {
  const std::string_view* value = find(name);
  return value ? *value : std::string_view();
}

}  // namespace lapis::azure
