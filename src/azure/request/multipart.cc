#include "azure/request/multipart.h"

#include <algorithm>
#include <optional>
#include <string>

#include "azure/field_errors.h"
#include "lapis/http/message.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kType = "multipart/mixed";
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, "multipart: " + std::string(why));
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_boundary(std::string_view text) {
  if (text.empty() || text.size() > kMaxBoundary) return false;
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

std::string_view unquote(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return text;
  return text.substr(1, text.size() - 2);
}

// Takes what stands before `mark`, and the mark, off `rest`; all of it where there is none.
std::string_view take_until(std::string_view& rest, std::string_view mark) {
  const auto at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest = at == rest.npos ? std::string_view() : rest.substr(at + mark.size());
  return taken;
}

// A line that begins with "--BOUNDARY": where the text before it ends, and what it opens.
struct Delimiter {
  std::size_t begin = 0;  // of its line
  std::size_t next = 0;   // behind its line
  bool closes = false;
};

// Reads the delimiter that begins at `at`, which is a line's first byte; nothing where the line is
// something else.
std::optional<Delimiter> delimiter_at(std::string_view body, std::size_t at,
                                      std::string_view boundary) {
  std::string_view line = body.substr(at);
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return std::nullopt;
  const std::size_t end = body.find(kLineEnd, at);
  line = body.substr(at, end - at).substr(2 + boundary.size());
  Delimiter found{at, std::min(end, body.size()), line.starts_with("--")};
  if (found.closes) line.remove_prefix(2);
  if (!trim(line).empty()) return std::nullopt;
  if (end == body.npos) return found.closes ? std::optional(found) : std::nullopt;
  found.next = end + kLineEnd.size();
  return found;
}

std::optional<Delimiter> next_delimiter(std::string_view body, std::size_t from,
                                        std::string_view boundary) {
  for (std::size_t at = from; at < body.size();) {
    if (const auto found = delimiter_at(body, at, boundary)) return found;
    const std::size_t end = body.find(kLineEnd, at);
    if (end == body.npos) break;
    at = end + kLineEnd.size();
  }
  return std::nullopt;
}

Result<MultipartPart> read_part(std::string_view text) {
  if (text.starts_with(kLineEnd)) return MultipartPart{{}, text.substr(kLineEnd.size())};
  const auto empty_line = text.find("\r\n\r\n");
  if (empty_line == text.npos) return malformed("a part without its empty line");
  return MultipartPart{text.substr(0, empty_line + kLineEnd.size()),
                       text.substr(empty_line + 2 * kLineEnd.size())};
}

}  // namespace

Result<std::string_view> multipart_boundary(std::string_view content_type) {
  constexpr std::string_view kName = "Content-Type";
  std::string_view rest = content_type;
  if (!http::iequals(trim(take_until(rest, ";")), kType)) {
    return fail(invalid_header(kName, content_type));
  }
  std::optional<std::string_view> boundary;
  while (!rest.empty()) {
    std::string_view value = take_until(rest, ";");
    if (!http::iequals(trim(take_until(value, "=")), "boundary")) continue;
    if (boundary) return malformed("two boundaries");
    boundary = unquote(trim(value));
  }
  if (!boundary || !is_boundary(*boundary)) return fail(invalid_header(kName, content_type));
  return *boundary;
}

Result<std::vector<MultipartPart>> split_multipart(std::string_view body, std::string_view boundary,
                                                   std::size_t max_parts) {
  std::size_t start = 0;
  while (body.substr(start).starts_with(kLineEnd)) start += kLineEnd.size();
  auto delimiter = delimiter_at(body, start, boundary);
  if (!delimiter) return malformed("it does not begin with its boundary");
  std::vector<MultipartPart> parts;
  while (!delimiter->closes) {
    if (parts.size() == max_parts) return fail(ErrorCode::kExceedsMaxBatchRequestCount);
    const std::size_t begin = delimiter->next;
    delimiter = next_delimiter(body, begin, boundary);
    if (!delimiter) return malformed("no closing delimiter");
    std::string_view text = body.substr(begin, delimiter->begin - begin);
    // A delimiter right behind another one encloses nothing, not even its own line end.
    if (!text.empty()) text.remove_suffix(kLineEnd.size());
    LAPIS_TRY(const MultipartPart part, read_part(text));
    parts.push_back(part);
  }
  if (body.find_first_not_of(kLineEnd, delimiter->next) != body.npos) {
    return malformed("bytes behind the closing delimiter");
  }
  if (parts.empty()) return malformed("no part");
  return parts;
}

Result<std::string_view> part_header(const MultipartPart& part, std::string_view name) {
  std::string_view rest = part.headers;
  std::optional<std::string_view> found;
  while (!rest.empty()) {
    std::string_view value = take_until(rest, kLineEnd);
    if (value.find(':') == value.npos) return malformed("a line that is no header");
    if (!http::iequals(take_until(value, ":"), name)) continue;
    if (found) return malformed("a header given twice");
    found = trim(value);
  }
  return found.value_or(std::string_view());
}

}  // namespace lapis::azure
