#include "azure/request/single_headers.h"

#include <string>
#include <string_view>

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

}  // namespace

// Every pair is compared: a head has a bound on its fields, and names mostly differ in length.
Result<void> refuse_repeated_headers(const http::Headers& headers) {
  const auto fields = headers.all();
  for (std::size_t i = 1; i < fields.size(); ++i) {
    for (const http::Header& earlier : fields.first(i)) {
      if (!http::iequals(fields[i].name, earlier.name)) continue;
      if (must_be_single(earlier.name)) return fail(invalid_header(earlier.name, earlier.value));
    }
  }
  return {};
}

}  // namespace lapis::azure
