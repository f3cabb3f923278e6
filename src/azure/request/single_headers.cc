#include "azure/request/single_headers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "azure/field_errors.h"

namespace lapis::azure {
namespace {

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && http::iequals(name.substr(0, prefix.size()), prefix);
}

bool must_be_single(std::string_view name) {
  if (has_prefix(name, "x-ms-") || has_prefix(name, "Content-") || has_prefix(name, "If-")) {
    return true;
  }
  for (const std::string_view single : {"Range", "Date", "Host", "Authorization"}) {
    if (http::iequals(name, single)) return true;
  }
  return false;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool iless(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

}  // namespace

Result<void> refuse_repeated_headers(const http::Headers& headers) {
  std::vector<std::string_view> names;
  names.reserve(headers.all().size());
  for (const http::Header& header : headers.all()) {
    if (must_be_single(header.name)) names.push_back(header.name);
  }
  std::ranges::sort(names, iless);
  const auto twice = std::ranges::adjacent_find(names, http::iequals);
  if (twice == names.end()) return {};
  return fail(invalid_header(*twice, headers.get(*twice)));
}

}  // namespace lapis::azure
