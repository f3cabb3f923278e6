#include "lapis/http/url.h"

#include <algorithm>

#include "http/ascii.h"
#include "http/target_check.h"
#include "lapis/base/number.h"
#include "lapis/http/message.h"

namespace lapis::http {
namespace {

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

bool is_url_char(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!iequals(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<HostAndPort> parse_authority(std::string_view text, std::uint16_t standard) {
  if (!is_sane_authority(text)) return std::nullopt;
  HostAndPort parsed{{}, standard};
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    parsed.host = lower(text.substr(1, end - 1));
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    parsed.host = lower(text.substr(0, colon));
    if (colon != text.npos) port = text.substr(colon);
  }
  if (parsed.host.empty()) return std::nullopt;
  if (port.empty()) return parsed;
  const auto number = parse_u64(port.substr(1));
  if (!number || *number == 0 || *number > 65'535) return std::nullopt;
  parsed.port = static_cast<std::uint16_t>(*number);
  return parsed;
}

std::optional<Url> parse_url(std::string_view text) {
  if (!std::ranges::all_of(text, is_url_char)) return std::nullopt;
  Url url;
  if (take_prefix(text, "https://")) {
    url.secure = true;
  } else if (!take_prefix(text, "http://")) {
    return std::nullopt;
  }
  const auto end = std::min(text.find_first_of("/?"), text.size());
  url.authority = text.substr(0, end);
  const auto parsed = parse_authority(url.authority, url.secure ? 443 : 80);
  if (!parsed) return std::nullopt;
  url.host = parsed->host;
  url.port = parsed->port;
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace lapis::http
