// An absolute http or https URL, taken apart: what a client connects to and asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lapis::http {

struct Url {
  bool secure = false;      // https
  std::string host;         // in lower case; an IPv6 address without its brackets
  std::uint16_t port = 80;  // the scheme's where none was given
  std::string authority;    // host[:port] as given: what Host says
  std::string target;       // "/path?query", encoded as given
};

// Nothing where it is none: another scheme, user information, a fragment, characters that a URL
// does not have (they have to be encoded).
std::optional<Url> parse_url(std::string_view text);

// host[:port] taken apart; nothing where it is none. `standard`: the port where none is given.
struct HostAndPort {
  std::string host;  // as in Url
  std::uint16_t port = 0;
  friend bool operator==(const HostAndPort&, const HostAndPort&) = default;
};
std::optional<HostAndPort> parse_authority(std::string_view text, std::uint16_t standard);

}  // namespace lapis::http
