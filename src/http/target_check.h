// The strict check of a request target and of hosts: part of head_check.
#pragma once

#include <string_view>

#include "lapis/base/result.h"

namespace lapis::http {

struct CheckedTarget {
  std::string_view target;     // "/path?query" as sent, or "*"
  std::string_view authority;  // of the absolute form, else empty
};

// Origin form; absolute form, of which scheme and authority are taken off; "*" for OPTIONS. Visible
// characters and bytes from 0x80 only, no fragment. Errors: kBadRequest.
Result<CheckedTarget> check_target(std::string_view method, std::string_view target);

// host[:port], the host a name, an IPv4 address or a bracketed IPv6 address; no user information.
bool is_sane_authority(std::string_view authority);

}  // namespace lapis::http
