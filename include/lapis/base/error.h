// What can go wrong, as values. One table (error_codes.def) holds every code with its HTTP status,
// Azure name and wire text; a code set anywhere is the code the client sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapis {

enum class ErrorCode : std::uint16_t {
#define X(id, status, azure_code, text) id,
#include "lapis/base/error_codes.def"
#undef X
};

struct ErrorInfo {
  int http_status;
  std::string_view azure_code;
  std::string_view text;
};

inline constexpr ErrorInfo kErrorInfo[] = {
#define X(id, status, azure_code, text) {status, azure_code, text},
#include "lapis/base/error_codes.def"
#undef X
};

constexpr const ErrorInfo& info(ErrorCode code) {
  return kErrorInfo[static_cast<std::size_t>(code)];
}

// An element that stands beside Code and Message in Azure's error XML, e.g. HeaderName.
struct ErrorField {
  std::string name;
  std::string value;
};

// An expected failure. `detail` is for the log and never leaves the process; `fields` are sent to
// the client, in order, so they hold only what the client may know.
struct Error {
  ErrorCode code;
  std::string detail = {};
  std::vector<ErrorField> fields = {};
  // Where the answer repeats what another server said (a copy's source): its status and its message
  // instead of the code's own. 0 and empty: the code's.
  int sent_status = 0;
  std::string sent_text = {};

  int status() const { return sent_status != 0 ? sent_status : info(code).http_status; }
  std::string_view text() const { return sent_text.empty() ? info(code).text : sent_text; }

  Error&& with(std::string name, std::string value) && {
    fields.push_back({std::move(name), std::move(value)});
    return std::move(*this);
  }
};

// "BlobNotFound: detail", for logs.
std::string to_string(const Error& error);

}  // namespace lapis
