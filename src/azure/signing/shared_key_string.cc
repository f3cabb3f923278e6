#include "azure/signing/shared_key_string.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "azure/signing/header_order.h"
#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kZeroLengthIsEmpty = 20150221;
constexpr std::uint32_t kEmptyHeadersSigned = 20160531;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

void append_line(std::string& out, std::string_view value) { out.append(value).push_back('\n'); }

using Lines = std::vector<std::pair<std::string, std::string_view>>;

Lines service_headers(const Call& call) {
  Lines lines;
  for (const http::Header& header : call.request.headers.all()) {
    if (header.name.size() < 5 ||
        !http::iequals(std::string_view(header.name).substr(0, 5), "x-ms-"))
      continue;
    if (header.value.empty() && !call.at_least(kEmptyHeadersSigned)) continue;
    lines.emplace_back(lower(header.name), header.value);
  }
  return lines;
}

void sort(Lines& lines, bool byte_order) {
  std::ranges::sort(lines, [byte_order](const auto& a, const auto& b) {
    return byte_order ? a.first < b.first : culture_less(a.first, b.first);
  });
}

void append_headers(std::string& out, const Call& call, bool byte_order) {
  Lines lines = service_headers(call);
  sort(lines, byte_order);
  for (const auto& [name, value] : lines) {
    out.append(name).push_back(':');
    append_line(out, value);
  }
}

// The account always without "-secondary", then the path as on the request line; in path style that
// names the account a second time.
void append_resource(std::string& out, const Target& target) {
  out.append("/").append(target.account).append(target.raw_path);
}

void append_parameters(std::string& out, const Query& query, SigningVariant variant) {
  std::vector<std::pair<std::string, const QueryParameter*>> lines;
  for (const QueryParameter& parameter : query.all()) {
    if (variant.plain_parameters && !parameter.plain) continue;
    lines.emplace_back(lower(parameter.name), &parameter);
  }
  std::ranges::sort(lines, {}, [](const auto& line) -> std::string_view { return line.first; });
  for (const auto& [name, parameter] : lines) {
    out.append("\n").append(name).append(":");
    if (variant.plus_kept && !parameter->plus_form.empty()) {
      out.append(*percent_decode(parameter->plus_form));
    } else {
      out.append(parameter->value);
    }
  }
}

std::string_view date_line(const http::Headers& headers) {
  return headers.find("x-ms-date") ? std::string_view() : headers.get("Date");
}

std::string_view length_line(const Call& call) {
  const std::string_view length = call.request.headers.get("Content-Length");
  return length == "0" && call.at_least(kZeroLengthIsEmpty) ? std::string_view() : length;
}

std::string lite_string(const Call& call, bool byte_order) {
  const http::Headers& headers = call.request.headers;
  std::string out;
  append_line(out, call.request.method_text);
  append_line(out, headers.get("Content-MD5"));
  append_line(out, headers.get("Content-Type"));
  append_line(out, date_line(headers));
  append_headers(out, call, byte_order);
  append_resource(out, call.target);
  if (const std::string_view* comp = call.target.query.find("comp"))
    out.append("?comp=").append(*comp);
  return out;
}

}  // namespace

std::string shared_key_string(const Call& call, SharedKeyScheme scheme, SigningVariant variant) {
  if (scheme == SharedKeyScheme::kLite) return lite_string(call, variant.byte_order);
  const http::Headers& headers = call.request.headers;
  std::string_view encoding = headers.get("Content-Encoding");
  std::string_view language = headers.get("Content-Language");
  if (variant.language_first) std::swap(encoding, language);
  std::string out;
  out.reserve(512);
  append_line(out, call.request.method_text);
  append_line(out, encoding);
  append_line(out, language);
  append_line(out, length_line(call));
  append_line(out, headers.get("Content-MD5"));
  append_line(out, headers.get("Content-Type"));
  append_line(out, date_line(headers));
  for (const std::string_view name :
       {"If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"}) {
    append_line(out, headers.get(name));
  }
  append_headers(out, call, variant.byte_order);
  append_resource(out, call.target);
  append_parameters(out, call.target.query, variant);
  return out;
}

std::vector<SigningVariant> other_variants(const Call& call, SharedKeyScheme scheme) {
  Lines culture = service_headers(call);
  Lines bytes = culture;
  sort(culture, false);
  sort(bytes, true);
  const bool full = scheme == SharedKeyScheme::kFull;
  const bool order_differs = culture != bytes;
  const bool parameters_differ =
      full && std::ranges::any_of(call.target.query.all(), [](const auto& p) { return !p.plain; });
  const bool plus_differs = full && std::ranges::any_of(call.target.query.all(), [](const auto& p) {
                              return !p.plus_form.empty();
                            });
  const http::Headers& headers = call.request.headers;
  const bool language_differs =
      full && headers.get("Content-Encoding") != headers.get("Content-Language");
  std::vector<SigningVariant> variants;
  for (unsigned bits = 1; bits < 16; ++bits) {
    const SigningVariant variant{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0,
                                 (bits & 8) != 0};
    if (variant.byte_order && !order_differs) continue;
    if (variant.plain_parameters && !parameters_differ) continue;
    if (variant.language_first && !language_differs) continue;
    if (variant.plus_kept && !plus_differs) continue;
    variants.push_back(variant);
  }
  return variants;
}

}  // namespace lapis::azure
