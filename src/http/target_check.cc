#include "http/target_check.h"

#include <algorithm>
#include <string>

#include "http/ascii.h"
#include "lapis/http/message.h"

namespace lapis::http {
namespace {

constexpr std::size_t kMaxHostBytes = 255;
constexpr CharSet kHostChars = CharSet::alphanumeric_and("-._~%!$&'()*+;=");
constexpr CharSet kAddressChars = CharSet::alphanumeric_and(":.%");

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kBadRequest, std::string(why));
}

// '#' would begin a fragment, which is never sent.
bool is_target_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '#';
}

// What follows "http://" or "https://"; empty where `target` has no such beginning.
std::string_view behind_scheme(std::string_view target) {
  for (const std::string_view scheme :
       {std::string_view("http://"), std::string_view("https://")}) {
    if (iequals(target.substr(0, scheme.size()), scheme)) return target.substr(scheme.size());
  }
  return {};
}

bool is_sane_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

}  // namespace

bool is_sane_authority(std::string_view authority) {
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == authority.npos || !kAddressChars.spells(authority.substr(1, end - 1))) return false;
    port = authority.substr(end + 1);
  } else {
    const std::string_view host = authority.substr(0, authority.find(':'));
    if (host.size() > kMaxHostBytes || !kHostChars.spells(host)) return false;
    port = authority.substr(host.size());
  }
  return port.empty() || (port.front() == ':' && is_sane_port(port.substr(1)));
}

Result<CheckedTarget> check_target(std::string_view method, std::string_view target) {
  if (!std::ranges::all_of(target, is_target_char)) return malformed("character in the target");
  if (target.starts_with('/')) return CheckedTarget{target, {}};
  if (target == "*" && method == "OPTIONS") return CheckedTarget{target, {}};
  const std::string_view absolute = behind_scheme(target);
  const std::string_view authority = absolute.substr(0, absolute.find('/'));
  if (!is_sane_authority(authority)) return malformed("form of the target");
  const std::string_view path = absolute.substr(authority.size());
  return CheckedTarget{path.empty() ? std::string_view("/") : path, authority};
}

}  // namespace lapis::http
