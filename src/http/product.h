// The name that Lapis gives itself in Server and User-Agent.
#pragma once

#include <string_view>

namespace lapis::http {

inline constexpr std::string_view kProduct = "Lapis/0.1.0";

}  // namespace lapis::http
