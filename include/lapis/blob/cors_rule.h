// A rule of Cross-Origin Resource Sharing: which pages of which origins may use the account.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lapis::blob {

struct CorsRule {
  std::vector<std::string> origins;  // exact, or "*" for any
  std::vector<std::string> methods;  // as HTTP writes them
  // Names, or beginnings of names that end with '*'; "*" alone stands for any.
  std::vector<std::string> allowed_headers;
  std::vector<std::string> exposed_headers;
  std::uint32_t max_age_seconds = 0;
  friend bool operator==(const CorsRule&, const CorsRule&) = default;
};

}  // namespace lapis::blob
