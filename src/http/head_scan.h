// Finds the end of a request head that arrives in pieces, looking at each byte once. It refuses a
// line end other than CRLF as soon as it sees one, so that a head which can never end is not waited
// for. Everything else about the head is head_check's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lapis::http {

class HeadScan {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kMalformed };

  // `head`: all bytes so far, from the head's first one; the earlier ones unchanged.
  State advance(std::string_view head);
  // Length of the head with its empty line. Only where it is complete.
  std::size_t size() const { return line_start_; }
  // True while the request line has not ended.
  bool in_first_line() const { return line_start_ == 0; }
  void reset() { *this = HeadScan(); }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
};

}  // namespace lapis::http
